using Npgsql;
using Recon.Postgres.Faults;

namespace Recon.Postgres.Connections;

/// <summary>
/// Goes as far towards a connection as one can without connecting, so that this code is loaded and compiled while the
/// definition is still being read. Nothing is sent: the attempt is cancelled before it begins.
/// </summary>
internal static class ConnectionRehearsal
{
    /// <summary>Rehearses.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var sources = ReconDataSources.ForConnectionString(
            "Host=127.0.0.1;Username=nobody;Database=none", new DataSourceOptions { LoadTypes = false });
        try
        {
            await RetryPolicies.Reads(new RetrySettings(), sources.Server, TimeProvider.System).ExecuteAsync(
                async _ =>
                {
                    await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(new CancellationToken(canceled: true));
                },
                cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // At this point what comes before the first packet has been gone through.
        }
    }
}
