using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Staging;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>
/// Leaves one row per legacy id in an attempt, over the whole file and at bounded memory: the server finds and sorts the
/// repeats, one group at a time is compared here. Rows that agree are folded into the first; where they disagree, the
/// first becomes a <c>conflict</c>. The order within a group is that of the content, not of the lines, so the result
/// does not depend on the order of the file.
/// </summary>
/// <param name="tables">The staging names.</param>
/// <param name="pipeline">The pipeline.</param>
/// <param name="plan">The compiled pipeline.</param>
public sealed class RepeatFolder(StagingTables tables, PipelineDefinition pipeline, ReconciliationPlan plan)
{
    private const int DeleteAtOnce = 5_000;

    private readonly StageBlockDefinition _stage = pipeline.Stage;
    private readonly RepeatComparer _comparer = new(plan);

    /// <summary>Folds the repeats of an attempt, unless the ledger says that it was done.</summary>
    /// <param name="source">Connections for writers: one reads the repeats, one changes them in a single transaction.</param>
    /// <param name="run">The run and its fence.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="suspects">Ids that may repeat, when all others are known not to; <see langword="null"/> to search all.</param>
    /// <param name="cancellationToken">Cancels it; nothing is changed then.</param>
    /// <returns>The number of rows folded away.</returns>
    public async Task<long> FoldAsync(
        NpgsqlDataSource source,
        RunIdentity run,
        SqlTable attempt,
        IReadOnlyCollection<string>? suspects,
        CancellationToken cancellationToken)
    {
        await using NpgsqlConnection reading = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlConnection writing = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction snapshot = await reading.BeginTransactionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await writing.BeginTransactionAsync(cancellationToken);
        var fence = new LeaseFence(tables, run);
        await fence.HoldAsync(reading, cancellationToken);
        await fence.HoldDurablyAsync(writing, cancellationToken);
        var changes = new BatchCounts();
        List<string> doomed = [];
        await using (NpgsqlCommand command = RepeatsCommand(reading, attempt, suspects))
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            RepeatGroup? group = null;
            while (await reader.ReadAsync(cancellationToken))
            {
                StagedRepeat repeat = Read(reader);
                if (group is null || group.LegacyId != repeat.LegacyId)
                {
                    await FinishAsync(group, writing, attempt, changes, cancellationToken);
                    group = new RepeatGroup(repeat, _comparer);
                    continue;
                }

                group.Add(repeat, changes);
                doomed.Add(repeat.Ctid);
                if (doomed.Count == DeleteAtOnce)
                {
                    await DeleteAsync(writing, attempt, doomed, cancellationToken);
                }
            }

            await FinishAsync(group, writing, attempt, changes, cancellationToken);
        }

        await DeleteAsync(writing, attempt, doomed, cancellationToken);
        if (changes.Folded > 0)
        {
            await EnterAsync(writing, run, changes, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return changes.Folded;
    }

    // Suspects are joined by a hash, which = any(array) is not before version 14.
    private NpgsqlCommand RepeatsCommand(NpgsqlConnection connection, SqlTable attempt, IReadOnlyCollection<string>? suspects)
        => suspects is null
            ? RepeatsOf(attempt, SqlText.Of($"select {new SqlName(_stage.LegacyId)} from {attempt} group by 1 having count(*) > 1"))
                .On(connection)
            : RepeatsOf(attempt, SqlText.Of($"select unnest($1)")).On(connection, new NpgsqlParameter<string[]>
            {
                TypedValue = [.. suspects],
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            });

    // An id that turns out to occur once is a group of one row, to which nothing is done.
    private SqlText RepeatsOf(SqlTable attempt, SqlText ids)
    {
        var id = new SqlName(_stage.LegacyId);
        IEnumerable<SqlText> parents = ParentColumns().Select(parent => SqlText.Of($", {new SqlName(parent.HubspotColumn)}::text"));
        return SqlText.Of($"""
            select {id}, ctid::text, legacy_properties::text, reconciliation_status, properties_to_update::text,
                source_line, source_file, notes{SqlText.Join("", parents)}
            from {attempt} where {id} in ({ids})
            order by {id} collate "C", legacy_properties::text collate "C", source_file collate "C" nulls first, source_line
            """);
    }

    // The parents whose HubSpot id is staged, with the column of the file that holds their legacy id.
    private IEnumerable<(string Name, string LegacyColumn, string HubspotColumn)> ParentColumns()
        => from lookup in pipeline.Lookups
           where lookup.Role == LookupRole.Parent
           let staged = _stage.Columns.FirstOrDefault(column => column.ParentHubspotId == lookup.Label)
           where staged is not null
           select (lookup.Label, lookup.From!, staged.Name);

    private StagedRepeat Read(NpgsqlDataReader reader)
    {
        string properties = reader.GetString(2);
        using JsonDocument legacy = JsonDocument.Parse(properties);
        List<(string Name, string LegacyId, string? HubspotId)> parents = [];
        int column = 8;
        foreach ((string name, string legacyColumn, _) in ParentColumns())
        {
            string? hubspotId = reader.IsDBNull(column) ? null : reader.GetString(column);
            column++;
            string spelled = plan.Columns.Source.Names[plan.Columns.Source.IndexOf(legacyColumn)];
            if (legacy.RootElement.TryGetProperty(spelled, out JsonElement parent))
            {
                parents.Add((name, parent.GetString()!, hubspotId));
            }
        }

        return new StagedRepeat(
            reader.GetString(0),
            reader.GetString(1),
            properties,
            reader.GetString(3),
            reader.GetString(4),
            reader.GetInt64(5),
            reader.IsDBNull(6) ? null : reader.GetString(6),
            reader.IsDBNull(7) ? null : reader.GetString(7),
            parents);
    }

    private static async Task FinishAsync(
        RepeatGroup? group,
        NpgsqlConnection connection,
        SqlTable attempt,
        BatchCounts changes,
        CancellationToken cancellationToken)
    {
        if (group is null)
        {
            return;
        }

        if (group.Differing.Count > 0)
        {
            await SqlText.Of($"""
                update {attempt} set reconciliation_status = 'conflict', properties_to_update = jsonb_build_object(),
                    previous_values = jsonb_build_object(), notes = $2, parent_ids = $3 where ctid = $1::tid
                """).ExecuteAsync(
                    connection,
                    cancellationToken,
                    SqlValue.Of(group.First.Ctid),
                    SqlValue.Of(group.ConflictNote()),
                    SqlValue.Json(group.ParentIds()));
            group.CountConflict(changes);
        }
        else if (group.ParentIds() is { } parents)
        {
            await SqlText.Of($"update {attempt} set parent_ids = $2 where ctid = $1::tid")
                .ExecuteAsync(connection, cancellationToken, SqlValue.Of(group.First.Ctid), SqlValue.Json(parents));
        }
    }

    private static async Task DeleteAsync(
        NpgsqlConnection connection, SqlTable attempt, List<string> doomed, CancellationToken cancellationToken)
    {
        if (doomed.Count > 0)
        {
            await SqlText.Of($"delete from {attempt} where ctid = any($1::tid[])").ExecuteAsync(
                connection,
                cancellationToken,
                new NpgsqlParameter<string[]>
                {
                    TypedValue = [.. doomed],
                    NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
                });
            doomed.Clear();
        }
    }

    // Folding is batch 0 of the ledger: it reads nothing and turns staged rows into folded ones.
    private async Task EnterAsync(
        NpgsqlConnection connection, RunIdentity run, BatchCounts changes, CancellationToken cancellationToken)
    {
        await SqlText.Of($"""
            insert into {tables.Ledger} (run_id, pipeline, batch, file, start_byte, end_byte, start_line, end_line,
                read, staged, folded, filtered, rejected, counts)
            values ($1, $2, 0, 0, 0, 0, 0, 0, 0, $3, $4, 0, 0, $5)
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(run.RunId),
                SqlValue.Of(run.Pipeline),
                SqlValue.Of(changes.Staged),
                SqlValue.Of(changes.Folded),
                SqlValue.Json(CountsJson.Write(changes)));
    }
}

/// <summary>A staged row whose legacy id occurs more than once.</summary>
internal sealed record StagedRepeat(
    string LegacyId,
    string Ctid,
    string LegacyProperties,
    string Status,
    string Updates,
    long Line,
    string? File,
    string? Notes,
    IReadOnlyList<(string Name, string LegacyId, string? HubspotId)> Parents);
