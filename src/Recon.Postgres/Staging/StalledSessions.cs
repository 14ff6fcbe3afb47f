using Npgsql;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>
/// Ends sessions that stand in the way of a statement for longer than a beat: a process that is stopped, or a machine that fell off
/// the network, keeps its session and with it its locks for as long as TCP allows.
/// </summary>
internal static class StalledSessions
{
    /// <summary>Waits for a statement that waits for a lock.</summary>
    /// <param name="waiting">The statement.</param>
    /// <param name="session">The server process that executes it.</param>
    /// <param name="source">A second connection, to end sessions.</param>
    /// <param name="mayEnd">Asked before sessions are ended, on that connection.</param>
    public static async Task EndAsync(
        Task waiting,
        int session,
        NpgsqlDataSource source,
        TimeSpan beat,
        Func<NpgsqlConnection, CancellationToken, Task<bool>> mayEnd,
        CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await waiting.WaitAsync(beat, cancellationToken);
                return;
            }
            catch (TimeoutException) when (!waiting.IsCompleted)
            {
                await using NpgsqlConnection other = await source.OpenConnectionAsync(cancellationToken);
                if (await mayEnd(other, cancellationToken))
                {
                    await SqlText.Of($"select pg_terminate_backend(pid) from unnest(pg_blocking_pids($1::int)) pid where pid > 0")
                        .ExecuteAsync(other, cancellationToken, SqlValue.Of((long)session));
                }
            }
        }
    }
}
