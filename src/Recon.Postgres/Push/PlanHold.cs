using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>Another process pushes or undoes the plan. Exit code 5.</summary>
internal sealed class PlanHeldException(string message) : Exception(message);

/// <summary>
/// A plan that is held for as long as a session lasts: of all processes, one at a time sends it. A process that is killed gives it back
/// when its server notices.
/// </summary>
internal sealed class PlanHold : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly PlanLock _lock;
    private readonly string _formerName;

    private PlanHold(NpgsqlConnection connection, PlanLock planLock, long epoch, string formerName)
        => (_connection, _lock, Epoch, _formerName) = (connection, planLock, epoch, formerName);

    /// <summary>Counts who held the plan: what is entered with an older one is refused, as the server may have given the plan to somebody else.</summary>
    public long Epoch { get; }

    /// <param name="holder">Who holds it, for others: user, host and process.</param>
    /// <exception cref="PlanHeldException">Somebody else has it.</exception>
    public static async Task<PlanHold> TakeAsync(
        NpgsqlDataSource source, StagingTables tables, Guid planId, string holder, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var planLock = new PlanLock(tables, planId);
            if (!await planLock.TryTakeAsync(connection, cancellationToken))
            {
                throw await planLock.HeldAsync(connection, cancellationToken);
            }

            var former = (string)(await SqlText.Of($"select current_setting('application_name')").ScalarAsync(connection, cancellationToken))!;
            await SqlText.Of($"select set_config('application_name', left($1, 63), false)").ScalarAsync(connection, cancellationToken, SqlValue.Of(holder));
            return new PlanHold(connection, planLock, await planLock.NextEpochAsync(connection, cancellationToken), former);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // A pool keeps the session, and what it holds with it until somebody uses it again.
            await _lock.ReleaseAsync(_connection, CancellationToken.None);
            await SqlText.Of($"select set_config('application_name', $1, false)").ExecuteAsync(_connection, CancellationToken.None, SqlValue.Of(_formerName));
        }
        catch (NpgsqlException)
        {
            // The session has ended, and with it the hold.
        }

        await _connection.DisposeAsync();
    }
}
