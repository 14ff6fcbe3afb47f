using Microsoft.Extensions.Logging;
using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

internal static class LeaseEnd
{
    /// <summary>Releases a lease. That is a courtesy to the next run: when it fails, the lease is found dead by itself.</summary>
    public static async Task ReleaseAsync(
        ReconDataSources sources, Lease lease, LeaseTiming timing, TimeProvider clock, ILogger logger)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), clock);
        try
        {
            await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(patience.Token);
            await using CancellationTokenRegistration giveUp = ConnectionBreaker.BreakWhen(connection, patience.Token);
            await lease.ReleaseAsync(connection, patience.Token);
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception) || patience.IsCancellationRequested)
        {
            logger.LeaseNotReleased(lease.Run.Pipeline, timing.Expiry.TotalSeconds);
        }
    }
}
