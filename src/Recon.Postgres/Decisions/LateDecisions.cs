using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>
/// Applies what was decided, or undone, after a run had read the decisions, in the transaction that publishes its result: what people saw
/// applied stays so.
/// </summary>
internal sealed class LateDecisions(DecidingContext context, RunIdentity run)
{
    // Records that are judged one by one, where one of many cannot be.
    private const int MostAlone = 20;

    private readonly StagingTables _tables = context.Tables;

    /// <summary>Records whose rows only the next run can write.</summary>
    public int Left { get; private set; }

    /// <summary>Applies them; nothing is decided meanwhile, as the caller holds <see cref="DecisionStore.LockAsync"/>.</summary>
    /// <returns>What that changed in the counts.</returns>
    public async Task<BatchCounts> ApplyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        Left = 0;
        var counts = new BatchCounts();
        List<string> late = await SqlText.Of($"""
            select distinct legacy_id from {_tables.DecisionHistory} where pipeline = $1 and id >
                (select coalesce((input_facts ->> 'decided')::bigint, 0) from {_tables.Log} where run_id = $2 and pipeline = $1)
            """).ListAsync(connection, row => row.GetString(0), cancellationToken, SqlValue.Of(run.Pipeline), SqlValue.Of(run.RunId));
        foreach (string[] some in late.Chunk(500))
        {
            if (await TryAsync(connection, some, counts, cancellationToken))
            {
                continue;
            }

            // Readers wait meanwhile: the next run applies what is left.
            Left += Math.Max(some.Length - MostAlone, 0);
            foreach (string one in some.Take(MostAlone))
            {
                Left += await TryAsync(connection, [one], counts, cancellationToken) ? 0 : 1;
            }
        }

        return counts;
    }

    private async Task<bool> TryAsync(
        NpgsqlConnection connection, IReadOnlyList<string> legacyIds, BatchCounts counts, CancellationToken cancellationToken)
    {
        try
        {
            counts.Add((await new DecisionApplier(context).ApplyAsync(connection, legacyIds, [], run.RunId, cancellationToken)).Counts);
            return true;
        }
        catch (Exception exception) when (exception is NotJudgedException or MirrorException)
        {
            return false;
        }
    }
}
