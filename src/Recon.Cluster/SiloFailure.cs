using Orleans.Runtime;

namespace Recon.Cluster;

/// <summary>
/// Takes note that a silo cannot go on, mostly because the others have given it up. Orleans' own way is to end the process, which has batches
/// in flight that may well commit.
/// </summary>
internal sealed class SiloFailure : IFatalErrorHandler
{
    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<string> Lost => _lost.Task;

    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
        => _lost.TrySetResult(exception?.Message ?? context ?? "no reason was told");
}
