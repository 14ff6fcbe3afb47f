using Recon.Postgres.Faults;

namespace Recon.Postgres.Connections;

/// <summary>
/// Makes pools and retries for a server that is never asked, so that their code is loaded and compiled while the
/// definition is still being read. No connection is tried.
/// </summary>
public static class ConnectionRehearsal
{
    /// <summary>Rehearses.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var sources = ReconDataSources.ForConnectionString(
            "Host=127.0.0.1;Username=nobody;Database=none", new DataSourceOptions { LoadTypes = false });
        await RetryPolicies.Reads(new RetrySettings(), sources.Server, TimeProvider.System)
            .ExecuteAsync(_ => ValueTask.CompletedTask, cancellationToken);
    }
}
