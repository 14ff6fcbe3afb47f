using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Decisions;

/// <summary>
/// Writes the published rows of records anew, as the next run would write them by what is decided now. Everything here runs in the
/// transaction of the caller, who holds <see cref="DecisionStore.LockAsync"/>.
/// </summary>
/// <remarks>
/// A record that gets a HubSpot record, or lets go of one, may win or lose it against others: their rows are written, too. What was written
/// is no longer what a run left, so the next run compares and writes it.
/// </remarks>
internal sealed class DecisionApplier(DecidingContext context)
{
    private static readonly SqlTable s_judged = new(new SqlName("pg_temp"), new SqlName("recon_judged"));

    private readonly StagingTables _tables = context.Tables;
    private readonly StageBlockDefinition _stage = context.Pipeline.Stage;
    private readonly SqlName _key = new(context.Pipeline.Stage.LegacyId);

    /// <summary>Writes the rows of records anew.</summary>
    /// <param name="legacyIds">The records; those without a row are left out.</param>
    /// <param name="rows">What rows are made from in place of themselves.</param>
    /// <param name="publishing">The run that is being published; <see langword="null"/> where none is.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="NotJudgedException">A record cannot be judged; nothing was written.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says; nothing was written.</exception>
    public async Task<AppliedDecisions> ApplyAsync(
        NpgsqlConnection connection, IReadOnlyCollection<string> legacyIds, IReadOnlyList<RowOrigin> rows, Guid? publishing, CancellationToken cancellationToken)
    {
        StagedTable table = await StagedTable.RequireAsync(connection, _tables, _stage, cancellationToken);
        var staged = new StagedRecords(_tables, table);
        List<StagedRecord> records = await staged.ReadAsync(connection, legacyIds, cancellationToken);
        if (records.Count == 0)
        {
            return AppliedDecisions.Nothing;
        }

        bool mayClaim = context.Pipeline.Claims == ClaimPolicy.One;
        IReadOnlyDictionary<string, Decision> decisions = await DecisionsAsync(connection, records, cancellationToken);
        HashSet<long> claimed = [.. Claimed(records), .. decisions.Values.Select(decision => decision.HubspotId).OfType<long>()];
        if (mayClaim)
        {
            // Who lost one of these HubSpot records may get it back.
            string[] others = [.. (await staged.LosersAsync(connection, claimed, cancellationToken)).Except(records.Select(record => record.LegacyId))];
            records.AddRange(await staged.ReadAsync(connection, others, cancellationToken));
            decisions = await DecisionsAsync(connection, records, cancellationToken);
        }

        Dictionary<string, RowOrigin> origins = OriginsOf(records, decisions, rows);
        records = [.. records.Select(record => origins.TryGetValue(record.LegacyId, out RowOrigin? origin) ? origin.Of(record) : record)];

        JudgedPipeline pipeline = await JudgedPipeline.OpenAsync(connection, context, RecordsOf(decisions.Values), publishing, cancellationToken);
        short? names = table.Layout.IsPacked ? await new Attempt(_tables).NumberAsync(connection, pipeline.LegacyNames, cancellationToken) : null;
        using JudgedRows judged = await pipeline.JudgeAsync(records, names, cancellationToken);
        claimed.UnionWith(judged.Verdicts.Select(verdict => verdict.HubspotId).OfType<long>());
        string[] touched =
        [
            .. records.Select(record => record.LegacyId)
                .Union(mayClaim ? await staged.HoldersAsync(connection, claimed, cancellationToken) : [])
                .Union(mayClaim ? await staged.LosersAsync(connection, claimed, cancellationToken) : []),
        ];
        Dictionary<string, StagedRecord> before = await FindAsync(touched);
        await WriteAsync(connection, table, judged, origins.Values, cancellationToken);
        if (mayClaim)
        {
            _ = await new ClaimSettlement(_tables, context.Pipeline).SettleMergedAsync(connection, table.Rows, s_judged, cancellationToken);
        }

        await SqlText.Of($"drop table {s_judged}").ExecuteAsync(connection, cancellationToken);
        Dictionary<string, StagedRecord> after = await FindAsync(touched);
        await new HashStore(_tables).DistrustAsync(connection, context.Pipeline.Name, touched, cancellationToken);
        return new AppliedDecisions(
            [.. touched.Select(id => (before[id], after[id]))],
            [.. records.Where((_, row) => judged.IsRefused(row)).Select(record => record.LegacyId)]);

        async Task<Dictionary<string, StagedRecord>> FindAsync(string[] ids)
            => (await staged.ReadAsync(connection, ids, cancellationToken)).ToDictionary(record => record.LegacyId, StringComparer.Ordinal);
    }

    // Where the file has several rows with an id, a run has compared them: what it found is in the note, and only the row that counts is here.
    private static Dictionary<string, RowOrigin> OriginsOf(
        IReadOnlyList<StagedRecord> records, IReadOnlyDictionary<string, Decision> decisions, IReadOnlyList<RowOrigin> rows)
    {
        Dictionary<string, RowOrigin> origins = rows.ToDictionary(row => row.LegacyId, StringComparer.Ordinal);
        foreach (StagedRecord record in records.Where(record => !origins.ContainsKey(record.LegacyId)))
        {
            if (record.Status == "conflict")
            {
                if (decisions.GetValueOrDefault(record.LegacyId)?.Keeps is { } kept)
                {
                    var chosen = new ChosenRow(record.SourceLine, record.SourceFile, record.Values);
                    origins[record.LegacyId] = kept.Is(chosen.Values) ? RowOrigin.Kept(record, chosen, kept)
                        : throw new NotJudgedException("only a run that reads the file has the row that was chosen");
                }
            }
            else if (record.Notes?.Contains(RepeatComparer.NoteStart, StringComparison.Ordinal) == true)
            {
                throw new NotJudgedException("the file has several rows with its legacy id, and only a run that reads it compares them");
            }
        }

        return origins;
    }

    private static IEnumerable<long> Claimed(IEnumerable<StagedRecord> records)
        => records.SelectMany(record => (long?[])[record.HubspotId, StagedRecords.Lost(record)]).OfType<long>();

    private static RecordDecisions? RecordsOf(IEnumerable<Decision> decisions) => new PipelineDecisions([.. decisions], 0).Records;

    private async Task<IReadOnlyDictionary<string, Decision>> DecisionsAsync(
        NpgsqlConnection connection, IReadOnlyList<StagedRecord> records, CancellationToken cancellationToken)
        => (await new DecisionStore(_tables).FindAsync(connection, context.Pipeline.Name, [.. records.Select(record => record.LegacyId)], cancellationToken))
            .ToDictionary(decision => decision.LegacyId, StringComparer.Ordinal);

    // A conflict stays one: what was decided about its HubSpot record does not say which of its rows counts.
    private async Task WriteAsync(
        NpgsqlConnection connection, StagedTable table, JudgedRows judged, IEnumerable<RowOrigin> origins, CancellationToken cancellationToken)
    {
        await SqlText.Of($"create temporary table {s_judged.Name} (like {table.Rows} including defaults) on commit drop").ExecuteAsync(connection, cancellationToken);
        IReadOnlyList<string> columns = new TupleLayout(table.Layout, namesFile: false).Columns(isUsual: false, hasChanges: true);
        await TupleCopy.SendAsync(
            connection,
            SqlText.Of($"copy {s_judged} ({SqlText.Names(columns)}) from stdin (format binary)").Text,
            [judged.Tuples],
            cancellationToken);
        IEnumerable<SqlText> sets = table.Layout.Names.Where(column => column != _stage.LegacyId && column != "last_updated")
            .Select(column => SqlText.Of($"{new SqlName(column)} = j.{new SqlName(column)}"));
        SqlText isConflict = SqlText.Of($"t.reconciliation_status = 'conflict'");
        await SqlText.Of($"""
            update {s_judged} j set run_id = t.run_id, source_file = t.source_file, source_line = t.source_line, parent_ids = t.parent_ids,
                reconciliation_status = case when {isConflict} then 'conflict' else j.reconciliation_status end,
                properties_to_update = case when {isConflict} then jsonb_build_object() else j.properties_to_update end,
                previous_values = case when {isConflict} then jsonb_build_object() else j.previous_values end,
                notes = case when {isConflict} then concat_ws('; ', split_part(t.notes, '; ', 1), j.notes) else j.notes end
            from {table.Rows} t where t.{_key} = j.{_key} and t.{_key} <> all($1)
            """).ExecuteAsync(connection, cancellationToken, SqlValue.Of([.. origins.Select(origin => origin.LegacyId)]));
        foreach (RowOrigin origin in origins)
        {
            await SqlText.Of($"""
                update {s_judged} j set run_id = t.run_id, source_line = $2, source_file = $3, parent_ids = $4, notes = concat_ws('; ', $5, j.notes),
                    reconciliation_status = case when $6 then 'conflict' else j.reconciliation_status end,
                    properties_to_update = case when $6 then jsonb_build_object() else j.properties_to_update end,
                    previous_values = case when $6 then jsonb_build_object() else j.previous_values end
                from {table.Rows} t where t.{_key} = j.{_key} and t.{_key} = $1
                """).ExecuteAsync(
                    connection,
                    cancellationToken,
                    SqlValue.Of(origin.LegacyId),
                    SqlValue.Of(origin.Row.Line),
                    SqlValue.Of(origin.Row.File),
                    SqlValue.Json(origin.Parents),
                    SqlValue.Of(origin.Notes),
                    SqlValue.Of(origin.IsConflict));
        }

        await SqlText.Of($"""
            update {table.Rows} t set {SqlText.Join(", ", sets)}, last_updated = now() from {s_judged} j where t.{_key} = j.{_key}
            """).ExecuteAsync(connection, cancellationToken);
    }
}

/// <summary>What writing records anew changed.</summary>
/// <param name="Rows">Their rows, and those of others that won or lost a HubSpot record, before and after.</param>
/// <param name="Refused">Records whose decision was refused, because its HubSpot record is gone.</param>
internal sealed record AppliedDecisions(IReadOnlyList<(StagedRecord Before, StagedRecord After)> Rows, IReadOnlyList<string> Refused)
{
    public static AppliedDecisions Nothing { get; } = new([], []);

    /// <summary>What the rows that are now there add to the counts of a run, instead of those that were there.</summary>
    public BatchCounts Counts
    {
        get
        {
            var counts = new BatchCounts();
            foreach ((StagedRecord before, StagedRecord after) in Rows)
            {
                Count(counts, before, -1);
                Count(counts, after, 1);
            }

            return counts;
        }
    }

    /// <summary>Adds a row to the counts of a run, as far as rows tell them.</summary>
    public static void Count(BatchCounts counts, StagedRecord row, int times)
    {
        counts.Matched += row.Status == "matched" ? times : 0;
        counts.Unmatched += row.Status == "unmatched" ? times : 0;
        counts.Ambiguous += row.Status == "ambiguous" ? times : 0;
        counts.Conflict += row.Status == "conflict" ? times : 0;
        counts.Contested += StagedRecords.Lost(row) is null ? 0 : times;
        using JsonDocument updates = JsonDocument.Parse(row.Updates);
        string[] changed = [.. updates.RootElement.EnumerateObject().Select(property => property.Name)];
        counts.WithChanges += changed.Length > 0 ? times : 0;
        foreach (string property in changed)
        {
            BatchCounts.Increment(counts.PropertyChanges, property, times);
        }
    }
}
