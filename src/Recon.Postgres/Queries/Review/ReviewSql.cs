using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries.Review;

/// <summary>How the facets of a staged row <c>t</c> are told, and asked for.</summary>
/// <param name="properties">The properties that updates may name.</param>
/// <param name="decisions">The table of decisions; <see langword="null"/> where there is none yet.</param>
internal sealed class ReviewSql(StagingTables tables, ValidPipeline pipeline, IReadOnlyList<string> properties, SqlTable? decisions)
{
    /// <summary>What stands between several facts of a row in one text: no name and no code holds it.</summary>
    public const char Separator = '\u001f';

    private const string NotStaged = " not staged: ";
    private static readonly string s_required = ": " + ValueRejectReasons.RequiredMissing;

    private static readonly string[] s_statuses = ["matched", "unmatched", "ambiguous", "conflict"];

    private readonly StageBlockDefinition _stage = pipeline.Stage;

    public IReadOnlyList<string> Properties => properties;

    /// <summary>The lookups of parents, with the columns that hold what they asked for and found.</summary>
    public IReadOnlyList<(string Lookup, string Legacy, string Hubspot)> Parents { get; } = [.. StagingReader.ParentColumns(pipeline.Stage)];

    public SqlTable Table => tables.Published(_stage);

    public SqlName Key => new(_stage.LegacyId);

    public SqlName HubspotId => new(_stage.HubspotId);

    /// <summary>The columns of the table in which texts are searched for.</summary>
    private IEnumerable<SqlName> Texts => _stage.Columns.Where(column => column.Type == StagedType.Text).Select(column => new SqlName(column.Name));

    /// <summary>Status, rule, confidence, changes, reasons, candidates, parents, whether it is decided.</summary>
    /// <remarks>
    /// Changes are a letter for each of <see cref="Properties"/>: s, c or x for one that is set, changed or cleared, else a hyphen; parents
    /// a letter for each of <see cref="Parents"/>: m for one that is missing.
    /// </remarks>
    public SqlText Class => SqlText.Of($"""
        t.reconciliation_status as status, t.match_rule as rule, t.match_confidence as confidence, {Changes} as changes, {Reasons} as reasons,
        {Candidates} as candidates, {Missing} as parents, {Decided} as decided
        """);

    /// <summary>Whether somebody has decided about the row.</summary>
    public SqlText Decided => decisions is { } table
        ? SqlText.Of($"(t.{Key} in (select d.legacy_id from {table} d where d.pipeline = {new SqlLiteral(pipeline.Name)}))")
        : SqlText.Of($"false");

    private SqlText Changes => properties.Count == 0 ? SqlText.Of($"''") : SqlText.Of($"""
        case when t.properties_to_update = jsonb_build_object() then '' else concat({SqlText.Join(", ", properties.Select(Letter))}) end
        """);

    private static SqlText Reasons => SqlText.Of($"""
        case when t.notes like {new SqlLiteral($"%{NotStaged}%")} or t.notes like {new SqlLiteral($"%{s_required}%")} then (
            select string_agg(r.reason, chr({(int)Separator}) order by r.reason) from (
                select distinct replace(replace(n.note, {new SqlLiteral(NotStaged)}, '/'), {new SqlLiteral(s_required)}, {new SqlLiteral("/" + ValueRejectReasons.RequiredMissing)}) as reason
                from unnest(string_to_array(t.notes, '; ')) n (note)
                where n.note like {new SqlLiteral($"%{NotStaged}%")} or n.note like {new SqlLiteral("%" + s_required)}) r) end
        """);

    private static SqlText Candidates => SqlText.Of($"""
        case when t.reconciliation_status = 'ambiguous' then case when t.notes like {new SqlLiteral($"{Claims.NoteStart}%{Claims.NoteMiddle}%")}
            then {new SqlLiteral(CandidateCounts.Claimed)} else substring(t.notes from '(?:^|; )([0-9]+) HubSpot records by ') end end
        """);

    private SqlText Missing => Parents.Count == 0 ? SqlText.Of($"''") : SqlText.Of($"""
        concat({SqlText.Join(", ", Parents.Select(parent => SqlText.Of($"case when {IsMissing(parent.Legacy, parent.Hubspot)} then 'm' else '-' end")))})
        """);

    /// <summary>The conditions on a row that a filter makes.</summary>
    /// <param name="values">Takes the values of the parameters that they name.</param>
    public SqlText Condition(ReviewFilter filter, List<NpgsqlParameter> values)
    {
        List<SqlText> all = [];
        if (filter.Status is { } status)
        {
            // A constant, as the index by status is of those rows only that are not matched.
            all.Add(s_statuses.Contains(status) ? SqlText.Of($"t.reconciliation_status = {new SqlLiteral(status)}") : SqlText.Of($"false"));
        }

        if (filter.Rule is { } rule)
        {
            all.Add(rule == ReviewFilter.None ? SqlText.Of($"t.match_rule is null") : SqlText.Of($"t.match_rule = {Next(values, SqlValue.Of(rule))}"));
        }

        if (filter.Confidence is { } band)
        {
            all.Add(ConfidenceBand.Holds(SqlText.Of($"t.match_confidence"), band));
        }

        if (filter.Property is not null || filter.Change is not null)
        {
            all.Add(Changed(filter.Property, filter.Change, values));
        }

        if (filter.Reason is { } reason)
        {
            all.Add(HasReason(reason, values));
        }

        if (filter.Filter is not null)
        {
            all.Add(SqlText.Of($"false"));
        }

        if (filter.Candidates is { } candidates)
        {
            all.Add(HasCandidates(candidates, values));
        }

        if (filter.Parent is { } parent)
        {
            all.Add(Parents.FirstOrDefault(each => each.Lookup == parent) is { Lookup: not null } found ? IsMissing(found.Legacy, found.Hubspot) : SqlText.Of($"false"));
        }

        if (filter.Decided is { } decided)
        {
            all.Add(decided == "yes" ? Decided : decided == "no" ? SqlText.Of($"not {Decided}") : SqlText.Of($"false"));
        }

        return all.Count == 0 ? SqlText.Of($"true") : SqlText.Join(" and ", all);
    }

    /// <summary>The condition that a text occurs in a row.</summary>
    public SqlText Contains(string text, List<NpgsqlParameter> values)
    {
        string escaped = text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal);
        SqlText pattern = Next(values, SqlValue.Of($"%{escaped}%"));
        SqlText start = Next(values, SqlValue.Of(text));
        return SqlText.Of($"({SqlText.Join(" or ", [SqlText.Of($"starts_with(t.{Key}, {start})"), .. Texts.Select(column => SqlText.Of($"t.{column} ilike {pattern}"))])})");
    }

    /// <summary>A parameter, which the text names by its number.</summary>
    public static SqlText Next(List<NpgsqlParameter> values, NpgsqlParameter value)
    {
        values.Add(value);
        return SqlText.Of($"${values.Count}");
    }

    private static SqlText Letter(string property)
    {
        var name = new SqlLiteral(property);
        return SqlText.Of($"""
            case when t.properties_to_update -> {name} is null then '-' when t.properties_to_update ->> {name} = '' then 'x'
                when coalesce(t.previous_values ->> {name}, '') = '' then 's' else 'c' end
            """);
    }

    private static SqlText IsMissing(string legacy, string hubspot)
        => SqlText.Of($"(t.{new SqlName(legacy)} is not null and t.{new SqlName(hubspot)} is null)");

    private static SqlText Changed(string? property, string? kind, List<NpgsqlParameter> values)
    {
        if (kind is not null && !ChangeKinds.All.Contains(kind))
        {
            return SqlText.Of($"false");
        }

        if (property is null)
        {
            return SqlText.Of($"""
                exists (select from jsonb_each_text(t.properties_to_update) u where {IsOf(kind!, SqlText.Of($"t.previous_values ->> u.key"), SqlText.Of($"u.value"))})
                """);
        }

        SqlText name = Next(values, SqlValue.Of(property));
        SqlText changed = SqlText.Of($"t.properties_to_update -> {name} is not null");
        return kind is null ? changed
            : SqlText.Of($"{changed} and {IsOf(kind, SqlText.Of($"t.previous_values ->> {name}"), SqlText.Of($"t.properties_to_update ->> {name}"))}");
    }

    private static SqlText IsOf(string kind, SqlText old, SqlText replacement) => kind switch
    {
        ChangeKinds.Clear => SqlText.Of($"{replacement} = ''"),
        ChangeKinds.Set => SqlText.Of($"{replacement} <> '' and coalesce({old}, '') = ''"),
        _ => SqlText.Of($"{replacement} <> '' and {old} <> ''"),
    };

    private static SqlText HasReason(string reason, List<NpgsqlParameter> values)
    {
        int code = reason.LastIndexOf('/');
        if (!reason.StartsWith(ReviewReasons.Value, StringComparison.Ordinal) || code < ReviewReasons.Value.Length)
        {
            return SqlText.Of($"false");
        }

        (string property, string why) = (reason[ReviewReasons.Value.Length..code], reason[(code + 1)..]);
        string note = why == ValueRejectReasons.RequiredMissing ? property + s_required : property + NotStaged + why;
        return SqlText.Of($"position('; ' || {Next(values, SqlValue.Of(note))} || ';' in '; ' || t.notes || ';') > 0");
    }

    private static SqlText HasCandidates(string candidates, List<NpgsqlParameter> values)
        => candidates == CandidateCounts.Many ? SqlText.Of($"({Candidates}) similar to '[0-9]+' and length({Candidates}) < 9 and ({Candidates})::int >= {CandidateCounts.FromMany}")
            : SqlText.Of($"({Candidates}) = {Next(values, SqlValue.Of(candidates))}");
}
