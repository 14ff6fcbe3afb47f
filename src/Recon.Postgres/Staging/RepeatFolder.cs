using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>
/// Leaves one row per legacy id in an attempt, over the whole file and at bounded memory: the server finds and sorts the
/// repeats, one group at a time is compared here. Rows that agree are folded into the first; where they disagree, the
/// first becomes a <c>conflict</c>, or the latest stays. The order within a group is that of the content, not of the lines, so the result
/// does not depend on the order of the file.
/// </summary>
/// <remarks>
/// Where the attempt holds each id once, all that may repeat stands in the table beside it (<see cref="StagingTables.Repeats"/>).
/// The rows that are repeated are fetched over, folded there, and what is left returns: the large table is not searched.
/// Otherwise everything is put together and searched. Each is one transaction: it happens as a whole, or not at all.
/// </remarks>
/// <param name="kept">Which rows of legacy ids somebody decided to keep; <see langword="null"/> for none.</param>
internal sealed class RepeatFolder(
    StagingTables tables, ValidPipeline pipeline, ReconciliationPlan plan, RowLayout layout, IReadOnlyDictionary<string, KeptRow>? kept = null)
{
    private readonly RepeatComparer _comparer = new(plan);
    private readonly StagedRepeats _repeats = new(tables, pipeline, plan.Columns.Source, layout);
    private readonly SqlName _id = new(pipeline.Stage.LegacyId);
    private readonly SqlText _columns = SqlText.Names(layout.Names);

    /// <summary>Folds the repeats of an attempt. Doing it again changes nothing.</summary>
    /// <param name="isUnique">Whether the attempt's table, with an index on the key, holds each id once.</param>
    /// <returns>The number of rows folded into others.</returns>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task<long> FoldAsync(
        NpgsqlDataSource source, RunIdentity run, SqlTable attempt, bool isUnique, CancellationToken cancellationToken)
    {
        SqlTable apart = tables.Repeats(attempt);
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(tables, run).HoldDurablyAsync(connection, cancellationToken);

        // An earlier try whose client was cut off may be about to commit: what follows sees all of it or nothing.
        await SqlText.Of($"lock table {attempt}, {apart} in share row exclusive mode").ExecuteAsync(connection, cancellationToken);
        BatchCounts changes = isUnique
            ? await FoldApartAsync(connection, attempt, apart, cancellationToken)
            : await FoldAllAsync(connection, attempt, apart, cancellationToken);
        if (changes.Folded > 0)
        {
            await new RunLog(tables).EnterCorrectionAsync(connection, run, RunLog.Folding, changes, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return changes.Folded;
    }

    private async Task<BatchCounts> FoldApartAsync(
        NpgsqlConnection connection, SqlTable attempt, SqlTable apart, CancellationToken cancellationToken)
    {
        await MoveAsync(connection, attempt, apart, SqlText.Of($"where {_id} = any(array(select {_id} from {apart}))"), cancellationToken);
        BatchCounts changes = await FoldAsync(connection, apart, cancellationToken);
        await MoveAsync(connection, apart, attempt, SqlText.Of($""), cancellationToken);
        return changes;
    }

    private async Task<BatchCounts> FoldAllAsync(
        NpgsqlConnection connection, SqlTable attempt, SqlTable apart, CancellationToken cancellationToken)
    {
        await MoveAsync(connection, apart, attempt, SqlText.Of($""), cancellationToken);
        return await FoldAsync(connection, attempt, cancellationToken);
    }

    private async Task MoveAsync(
        NpgsqlConnection connection, SqlTable from, SqlTable to, SqlText where, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            with moved as (delete from {from} {where} returning {_columns})
            insert into {to} ({_columns}) select {_columns} from moved
            """).ExecuteAsync(connection, cancellationToken);

    private async Task<BatchCounts> FoldAsync(NpgsqlConnection connection, SqlTable table, CancellationToken cancellationToken)
    {
        var changes = new BatchCounts();
        var edits = new RepeatEdits(connection, table);
        RepeatGroup? group = null;
        await foreach (StagedRepeat repeat in _repeats.ReadAsync(connection, table, cancellationToken))
        {
            if (group?.LegacyId == repeat.LegacyId)
            {
                group.Add(repeat);
            }
            else
            {
                group?.Finish();
                group = new RepeatGroup(repeat, _comparer, edits, changes, kept?.GetValueOrDefault(repeat.LegacyId));
            }

            await edits.WriteFullAsync(cancellationToken);
        }

        group?.Finish();
        await edits.WriteAsync(cancellationToken);
        return changes;
    }
}
