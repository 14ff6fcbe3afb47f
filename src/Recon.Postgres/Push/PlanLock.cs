using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>Who may change what is sent of a plan, and what became of it: of all processes, one at a time.</summary>
internal sealed class PlanLock(StagingTables tables, Guid planId)
{
    /// <summary>Takes the plan until it is released or the connection breaks.</summary>
    /// <returns>Whether nobody else has it.</returns>
    public async Task<bool> TryTakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => await SqlText.Of($"select pg_try_advisory_lock(hashtextextended($1, 0))").ScalarAsync(connection, cancellationToken, Key()) is true;

    /// <summary>Takes the plan until the end of the transaction.</summary>
    /// <exception cref="PlanHeldException">Somebody else has it.</exception>
    public async Task TakeForTransactionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await SqlText.Of($"select pg_try_advisory_xact_lock(hashtextextended($1, 0))").ScalarAsync(connection, cancellationToken, Key()) is not true)
        {
            throw await HeldAsync(connection, cancellationToken);
        }

        await NextEpochAsync(connection, cancellationToken);
    }

    /// <summary>Gives the plan back that this connection holds; a pooled one keeps it after it was closed.</summary>
    public Task<int> ReleaseAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => SqlText.Of($"select pg_advisory_unlock(hashtextextended($1, 0))").ExecuteAsync(connection, cancellationToken, Key());

    /// <summary>Shuts out who held the plan before and does not know yet that the server gave it away.</summary>
    public async Task<long> NextEpochAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => (await SqlText.Of($"update {tables.PushPlan} set epoch = epoch + 1 where plan_id = $1 returning epoch")
            .ListAsync(connection, row => row.GetInt64(0), cancellationToken, SqlValue.Of(planId))).FirstOrDefault();

    /// <summary>Makes sure that nobody took the plan over, and that nobody does before the end of the transaction.</summary>
    /// <exception cref="PlanHeldException">Somebody did.</exception>
    public async Task RequireAsync(NpgsqlConnection connection, long epoch, CancellationToken cancellationToken)
    {
        if ((await SqlText.Of($"select 1 from {tables.PushPlan} where plan_id = $1 and epoch = $2 for share")
            .ListAsync(connection, row => row.GetInt32(0), cancellationToken, SqlValue.Of(planId), SqlValue.Of(epoch))).Count == 0)
        {
            throw new PlanHeldException(
                $"Plan {planId} was taken over: the connection that held it broke, and {await HolderAsync(connection, cancellationToken) ?? "another process"} took it on. This process sends nothing more; what it has sent is read back by 'recon push --resume {planId}'.");
        }
    }

    /// <summary>The error that names who has the plan.</summary>
    public async Task<PlanHeldException> HeldAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => new($"Plan {planId} is being pushed, undone or approved by {await HolderAsync(connection, cancellationToken) ?? "another process"}. Wait until it ends, or stop it: 'recon push --stop'.");

    private async Task<string?> HolderAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select format('%s (since %s UTC)', coalesce(nullif(a.application_name, ''), 'process ' || a.pid), to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'))
            from pg_locks l join pg_stat_activity a using (pid)
            where l.locktype = 'advisory' and l.granted and l.objsubid = 1
                and ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended($1, 0)
                and l.database = (select oid from pg_database where datname = current_database())
            limit 1
            """).ScalarAsync(connection, cancellationToken, Key()) as string;

    private NpgsqlParameter Key() => SqlValue.Of($"recon push {tables.Schema.Value} {planId}");
}
