using System.Data;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>Compares the results of two runs of a pipeline.</summary>
/// <remarks>
/// The result of a run is the published one, with each row as the first later run that replaced it has kept it. The result before a
/// whole run is the partition that it kept.
/// </remarks>
internal sealed class RunComparison
{
    private readonly StagingTables _tables;
    private readonly ValidPipeline _pipeline;
    private readonly StageBlockDefinition _stage;
    private readonly PublishedRuns _runs;
    private readonly int _from;
    private readonly int _to;
    private readonly SqlName _key;
    private readonly SqlTable _published;

    private RunComparison(StagingTables tables, ValidPipeline pipeline, PublishedRuns runs, int from, int to)
    {
        (_tables, _pipeline, _stage, _runs, _from, _to) = (tables, pipeline, pipeline.Stage, runs, from, to);
        (_key, _published) = (new SqlName(_stage.LegacyId), tables.Published(_stage));
    }

    /// <summary>Reads what differs, as one state of the tables.</summary>
    /// <param name="one">A run; <see langword="null"/> for the last one.</param>
    /// <param name="other">Another one; <see langword="null"/> for the one before <paramref name="one"/>.</param>
    /// <param name="most">Most records that are told one by one.</param>
    /// <exception cref="NotComparableException">A result is not known any more, or there are not two.</exception>
    public static async Task<RunDifference> ReadAsync(
        NpgsqlConnection connection,
        StagingTables tables,
        ValidPipeline pipeline,
        Guid? one,
        Guid? other,
        long most,
        CancellationToken cancellationToken)
    {
        if (!await new StagingReader(connection, tables).HasTableAsync(pipeline, cancellationToken))
        {
            throw new NotComparableException($"It has no result yet: 'recon run {pipeline.Name}' makes one.");
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

        // The lock comes before the snapshot: one that is older than a publication would see a part of its result.
        await SqlText.Of($"set transaction read only").ExecuteAsync(connection, cancellationToken);
        await SqlText.Of($"lock table {tables.Published(pipeline.Stage)} in access share mode").ExecuteAsync(connection, cancellationToken);
        try
        {
            await SortMemory.GrantAsync(connection, cancellationToken);
            PublishedRuns runs = await PublishedRuns.ReadAsync(connection, tables, pipeline.Name, cancellationToken);
            (int from, int to) = runs.Choose(one, other);
            StagedTable table = await StagedTable.RequireAsync(connection, tables, pipeline.Stage, cancellationToken);
            return await new RunComparison(tables, pipeline, runs, from, to).ReadAsync(connection, table, most, cancellationToken);
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            throw new NotComparableException("A run was published meanwhile, which dropped the former result. Try again.");
        }
    }

    private async Task<RunDifference> ReadAsync(NpgsqlConnection connection, StagedTable table, long most, CancellationToken cancellationToken)
    {
        (PublishedEntry from, PublishedEntry to) = (_runs.All[_from], _runs.All[_to]);
        PublishedEntry[] runs = [.. _runs.All.Take(_to + 1).Skip(_from)];
        bool input = runs.Any(run => run.Input != from.Input);
        bool definition = runs.Any(run => run.Definition != from.Definition);
        bool tool = runs.Any(run => run.Tool != from.Tool);
        string? notStaged = definition ? CauseOfDifference.Definition : tool ? CauseOfDifference.Tool : null;
        string cameOrWent = runs.Any(run => run.Partial) ? CauseOfDifference.Input
            : notStaged ?? (input ? CauseOfDifference.Legacy : CauseOfDifference.Other);
        bool hasFallbacks = _pipeline.Lookups.Any(lookup => lookup.Role == LookupRole.Fallback);
        await RequireColumnsAsync(connection, cancellationToken);
        List<Line> lines = await Query(table).ListAsync(
            connection,
            row => new Line(
                row.GetString(0), row[1] as string, row[2] as string, row[3] as string, row.GetInt64(4), SampleIds.Read(row, 5)),
            cancellationToken,
            SqlValue.Of(_pipeline.Name),
            SqlValue.Ids(Later(_from)),
            SqlValue.Ids(Later(_to)),
            SqlValue.Of(cameOrWent),
            SqlValue.Of(notStaged ?? (input && hasFallbacks ? CauseOfDifference.Other : CauseOfDifference.Hubspot)),
            SqlValue.Of(definition),
            SqlValue.Of(most),
            SqlValue.Of(input),
            SqlValue.Of(notStaged is null && !hasFallbacks));
        ILookup<string, Line> parts = lines.ToLookup(line => line.Part);
        return new RunDifference(
            _pipeline.Name,
            from.Shown,
            to.Shown,
            parts["rows"].Single().Count,
            parts["cause"].Sum(line => line.Count),
            [.. parts["status"].GroupBy(line => (line.First, line.Second)).Select(Status).OrderByDescending(each => each.Count).ThenBy(each => each.From, StringComparer.Ordinal).ThenBy(each => each.To, StringComparer.Ordinal)],
            [.. parts["property"].GroupBy(line => line.First!).Select(Property).OrderByDescending(Total).ThenBy(each => each.Property, StringComparer.Ordinal)],
            Causes(parts["cause"]),
            [.. parts["record"].OrderBy(line => line.First!.Length).ThenBy(line => line.First, StringComparer.Ordinal).Select(line => Record(line.First!, line.Second!))]);
    }

    private Guid[] Later(int index) => [.. _runs.All.Skip(index + 1).Select(run => run.RunId)];

    private static long Total(PropertyDifference each) => each.Added + each.Dropped + each.OtherValue + each.OtherFormer;

    private static StatusDifference Status(IGrouping<(string? From, string? To), Line> lines) => new(
        lines.Key.From,
        lines.Key.To,
        lines.Sum(line => line.Count),
        [.. lines.SelectMany(line => line.LegacyIds).OrderBy(id => id.Length).ThenBy(id => id, StringComparer.Ordinal).Take(SampleIds.Most)],
        Causes(lines));

    private static IReadOnlyList<CauseOfDifference> Causes(IEnumerable<Line> lines) =>
    [
        .. lines.OrderByDescending(line => line.Count).ThenBy(line => line.Cause, StringComparer.Ordinal).Select(line => new CauseOfDifference(line.Cause!, line.Count, line.LegacyIds)),
    ];

    private static PropertyDifference Property(IGrouping<string, Line> lines)
    {
        long Of(string kind) => lines.Where(line => line.Second == kind).Sum(line => line.Count);
        return new PropertyDifference(
            lines.Key, Of("added"), Of("dropped"), Of("value"), Of("former"),
            [.. lines.OrderByDescending(line => line.Count).SelectMany(line => line.LegacyIds).Take(SampleIds.Most)]);
    }

    private static DifferingRecord Record(string id, string json)
    {
        RecordDocument record = JsonSerializer.Deserialize(json, ComparisonJson.Default.RecordDocument)!;
        return new DifferingRecord(id, record.Cause, record.Before?.Outcome, record.After?.Outcome);
    }

    /// <summary>Whether the earlier result is the partition that a whole run kept, and not rows that were replaced.</summary>
    private bool IsFromPartition => _runs.All[_from + 1].Former != OwnRelations.History;

    // What was kept has the names of the definition of then.
    private async Task RequireColumnsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (IsFromPartition
            && await MirrorCatalog.FindAsync(connection, _tables.Table(_runs.All[_from + 1].Former!), cancellationToken) is { } kept
            && (kept.Find(_stage.LegacyId) is null || kept.Find(_stage.HubspotId) is null))
        {
            throw new NotComparableException(
                $"The result of run {_runs.All[_from].RunId} has its ids in other columns than \"{_stage.LegacyId}\" and \"{_stage.HubspotId}\", which the definition names now.");
        }
    }

    // An outcome, as it is staged and as it is kept.
    private SqlText Staged(SqlTable table) => SqlText.Of($"""
        select t.{_key} as id, t.reconciliation_status as status, t.{new SqlName(_stage.HubspotId)}::text as hubspot,
            t.properties_to_update as updates, t.previous_values as held,
            {IsContested("t.notes")} as contested, {IsDecided("t.match_rule")} as decided from {table} t
        """);

    private static SqlText Kept(SqlText table) => SqlText.Of($"""
        select k.legacy_id as id, k.former ->> 'reconciliation_status' as status, k.former ->> {new SqlLiteral(ReplacedRows.HubspotId)} as hubspot,
            k.former -> 'properties_to_update' as updates, k.former -> 'previous_values' as held,
            {IsContested("k.former ->> 'notes'")} as contested, {IsDecided("k.former ->> 'match_rule'")} as decided from {table} k where k.former is not null
        """);

    private static SqlText IsContested([ConstantExpected] string notes)
        => SqlText.Of($"coalesce({SqlText.Trusted(notes)} like {new SqlLiteral($"{Claims.NoteStart}%{Claims.NoteMiddle}%")}, false)");

    private static SqlText IsDecided([ConstantExpected] string rule)
        => SqlText.Of($"coalesce({SqlText.Trusted(rule)} = {new SqlLiteral(RecordMatcher.DecisionRule)}, false)");

    // $1 pipeline, $2 and $3 the runs after either, the earliest first, $4 why rows come and go, $5 why others differ where nothing
    // staged says so, $6 whether the definition differs, $7 the number of records, $8 whether the input differs. Rows that contradict
    // each other, or claim one HubSpot record, say nothing of the other rows that made them do so. $9 whether another HubSpot record
    // can only be due to HubSpot. Legacy values are looked up record by record: few differ, and the planner does not know it.
    private SqlText Query(StagedTable table)
    {
        var row = new SqlName("f");
        SqlText earlier;
        SqlText candidates;
        SqlText source;
        SqlText raw;
        SqlText newRaw = SqlText.Of($"select {StagingView.LegacyProperties(_tables, table.Layout, new SqlName("v"))} from {table.Rows} v where v.{_key} = d.id");
        if (IsFromPartition)
        {
            SqlTable partition = _tables.Table(_runs.All[_from + 1].Former!);
            (earlier, candidates) = (Staged(partition), SqlText.Of($"true"));
            (source, raw) = (
                SqlText.Of($""), SqlText.Of($"(select {StagingView.LegacyProperties(_tables, table.Layout, row)} from {partition} {row} where {row}.{_key} = d.id)"));
        }
        else
        {
            (earlier, candidates) = (Kept(SqlText.Of($"since_from")), SqlText.Of($"t.id in (select s.legacy_id from since_from s)"));
            (source, raw) = (SqlText.Of($"left join since_from {row} on {row}.legacy_id = d.id"), SqlText.Of($"{row}.former -> 'legacy_properties'"));
        }

        return SqlText.Of($"""
            with since_from as materialized ({Since(2)}), since_to as materialized ({Since(3)}),
            earlier as ({earlier}),
            later as (
                select t.* from ({Staged(_published)}) t where {candidates} and not exists (select 1 from since_to s where s.legacy_id = t.id)
                union all {Kept(SqlText.Of($"since_to"))}),
            differing as materialized (
                select coalesce(e.id, l.id) as id, e.id is null as came, l.id is null as went, e.status as old_status, l.status as new_status,
                    e.hubspot as old_hubspot, l.hubspot as new_hubspot, coalesce(e.updates, jsonb_build_object()) as old_updates,
                    coalesce(l.updates, jsonb_build_object()) as new_updates, coalesce(e.held, jsonb_build_object()) as old_held,
                    coalesce(l.held, jsonb_build_object()) as new_held, e.contested or l.contested as contested,
                    (e.decided or l.decided) and (e.decided, e.hubspot) is distinct from (l.decided, l.hubspot) as decided
                from earlier e full join later l on l.id = e.id
                where (e.id, e.status, e.hubspot, e.updates, e.held) is distinct from (l.id, l.status, l.hubspot, l.updates, l.held)),
            raw as (
                select d.*, {raw} as old_raw, case when s.legacy_id is null then ({newRaw}) else s.former -> 'legacy_properties' end as new_raw
                from differing d {source} left join since_to s on s.legacy_id = d.id),
            moved as (
                select r.*,
                    case when $6 then exists (select 1 from jsonb_each(r.old_raw) o join jsonb_each(r.new_raw) n using (key) where o.value <> n.value)
                        else r.old_raw is distinct from r.new_raw end as is_legacy,
                    $9 and (r.old_hubspot <> r.new_hubspot) is true or exists (
                        select 1 from jsonb_each(r.old_held) o join jsonb_each(r.new_held) n using (key) where o.value <> n.value) as is_hubspot
                from raw r),
            detail as materialized (
                select id, came, went, old_status, new_status, old_hubspot, new_hubspot, old_updates, new_updates, old_held, new_held,
                    case when came or went then $4
                    when decided then {new SqlLiteral(CauseOfDifference.Decision)}
                    when contested then {new SqlLiteral(CauseOfDifference.Claims)}
                    when $8 and 'conflict' in (old_status, new_status) then {new SqlLiteral(CauseOfDifference.Legacy)}
                    when is_hubspot then case when is_legacy then {new SqlLiteral(CauseOfDifference.Both)} else {new SqlLiteral(CauseOfDifference.Hubspot)} end
                    when is_legacy then {new SqlLiteral(CauseOfDifference.Legacy)} else $5 end as cause
                from moved m),
            properties as (
                select d.id, p.key as property, case when not d.old_updates ? p.key then 'added' when not d.new_updates ? p.key then 'dropped'
                    when d.old_updates -> p.key <> d.new_updates -> p.key then 'value' else 'former' end as kind
                from detail d, lateral (select jsonb_object_keys(d.old_updates) union select jsonb_object_keys(d.new_updates)) p (key)
                where (d.old_updates -> p.key, d.old_held -> p.key) is distinct from (d.new_updates -> p.key, d.new_held -> p.key))
            select 'rows', null, null, null, (select count(*) from since_to where former is not null)
                + (select count(*) from {_published}) - (select count(*) from since_to s where exists (select 1 from {_published} v where v.{_key} = s.legacy_id)), null::text[]
            union all
            (select 'status', old_status, new_status, cause, count(*), {Samples} from detail where old_status is distinct from new_status
                group by 2, 3, 4)
            union all
            (select 'property', property, kind, null, count(*), {Samples} from properties group by 2, 3)
            union all
            (select 'cause', null, null, cause, count(*), {Samples} from detail group by 4)
            union all
            (select 'record', id, jsonb_build_object('cause', cause,
                'before', case when not came then jsonb_build_object('status', old_status, 'hubspot', old_hubspot, 'updates', old_updates, 'previous', old_held) end,
                'after', case when not went then jsonb_build_object('status', new_status, 'hubspot', new_hubspot, 'updates', new_updates, 'previous', new_held) end)::text,
                null, 1, null
            from detail order by length(id), id collate "C" limit $7)
            """);
    }

    // What was first replaced after a run: that is its version. $2 and $3 name the runs after it.
    private SqlText Since(int parameter) => SqlText.Of($"""
        select distinct on (h.legacy_id) h.legacy_id, h.former from {_tables.History} h where h.pipeline = $1 and h.run_id = any(${parameter})
        order by h.legacy_id, array_position(${parameter}, h.run_id)
        """);

    private static SqlText Samples => SampleIds.Of(SqlText.Of($"id"));

    private sealed record Line(string Part, string? First, string? Second, string? Cause, long Count, string[] LegacyIds);
}

internal sealed record RecordDocument(string Cause, OutcomeDocument? Before, OutcomeDocument? After);

internal sealed record OutcomeDocument(string Status, string? Hubspot, Dictionary<string, string?> Updates, Dictionary<string, string?> Previous)
{
    [JsonIgnore]
    public RecordOutcome Outcome => new(
        Status, Hubspot is null ? null : long.Parse(Hubspot, System.Globalization.CultureInfo.InvariantCulture), Updates, Previous);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RecordDocument))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
