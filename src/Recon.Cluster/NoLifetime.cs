using Microsoft.Extensions.Hosting;

namespace Recon.Cluster;

/// <summary>A host that listens to no signals and says nothing: both are recon's.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
