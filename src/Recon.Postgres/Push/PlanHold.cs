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

    private readonly ItemLedger _ledger;
    private readonly Guid _planId;
    private readonly string _formerName;

    private PlanHold(NpgsqlConnection connection, ItemLedger ledger, Guid planId, string formerName)
        => (_connection, _ledger, _planId, _formerName) = (connection, ledger, planId, formerName);

    /// <param name="holder">Who holds it, for others: user, host and process.</param>
    /// <exception cref="PlanHeldException">Somebody else has it.</exception>
    public static async Task<PlanHold> TakeAsync(
        NpgsqlDataSource source, StagingTables tables, Guid planId, string holder, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            var ledger = new ItemLedger(tables);
            if (!await ledger.TryHoldAsync(connection, planId, cancellationToken))
            {
                string? other = await HolderAsync(connection, tables, planId, cancellationToken);
                throw new PlanHeldException(
                    $"Plan {planId} is being pushed or undone by {other ?? "another process"}. Wait until it ends, or stop it: 'recon push --stop'.");
            }

            var former = (string)(await SqlText.Of($"select current_setting('application_name')").ScalarAsync(connection, cancellationToken))!;
            await SqlText.Of($"select set_config('application_name', left($1, 63), false)").ScalarAsync(connection, cancellationToken, SqlValue.Of(holder));
            return new PlanHold(connection, ledger, planId, former);
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
            await _ledger.ReleaseAsync(_connection, _planId, CancellationToken.None);
            await SqlText.Of($"select set_config('application_name', $1, false)").ExecuteAsync(_connection, CancellationToken.None, SqlValue.Of(_formerName));
        }
        catch (NpgsqlException)
        {
            // The session has ended, and with it the hold.
        }

        await _connection.DisposeAsync();
    }

    private static async Task<string?> HolderAsync(NpgsqlConnection connection, StagingTables tables, Guid planId, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select format('%s (since %s UTC)', coalesce(nullif(a.application_name, ''), 'process ' || a.pid), to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'))
            from pg_locks l join pg_stat_activity a using (pid)
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended($1, 0)
                and l.database = (select oid from pg_database where datname = current_database())
            limit 1
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(ItemLedger.KeyOf(tables, planId))) as string;
}
