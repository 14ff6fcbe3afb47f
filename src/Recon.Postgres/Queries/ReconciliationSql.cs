using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Bronze;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>
/// Set-based SQL that asks the same questions as a pipeline, to be run in psql: it needs no parameters.
/// </summary>
/// <remarks>
/// Records that repeat an id are one record when their mapped columns are the same text, and are left out otherwise, as
/// conflicts. Fallback lookups, which need conversions, are not expressed. What a query leaves out of the pipeline's answer
/// is what <see cref="Omissions"/> tells, in the SQL and beside it.
/// </remarks>
/// <param name="bronze">The bronze table as the catalog has it.</param>
/// <param name="mirror">The table of the match lookup as the catalog has it.</param>
internal sealed class ReconciliationSql(ValidDefinition definition, ValidPipeline pipeline, MirrorTable bronze, MirrorTable mirror)
{
    private readonly BronzeColumns _columns = new(pipeline.Csv, definition.Defaults);
    private readonly MirrorRowsSql _mirror = new(mirror, pipeline.Match);

    /// <summary>In what a query differs from the pipeline's own answer; nothing where it does not.</summary>
    /// <param name="query">One of <c>match</c>, <c>unmatched</c>, <c>stats</c>, <c>updates</c>.</param>
    public static IReadOnlyList<string> Omissions(ValidDefinition definition, ValidPipeline pipeline, string query) => query switch
    {
        "stats" => [],
        "updates" =>
        [
            .. pipeline.Claims == ClaimPolicy.Many
                ? ["\"claims\" is \"many\": records that share a HubSpot record are listed, although 'recon export' leaves them out."]
                : (string[])[],
            .. OtherClaims.Of(definition, pipeline).Select(other =>
                $"Records whose HubSpot record '{other.Pipeline}' claims, too, are listed, although 'recon export' leaves out those that give way to it."),
        ],
        _ => [.. OfIds(pipeline), .. OfFallbacks(pipeline, query), .. OfRepeats(pipeline)],
    };

    /// <summary>Records that exactly one HubSpot record matches by legacy id.</summary>
    public SqlText Match(int? limit = null)
    {
        StagedColumnDefinition[] hubspot =
            [.. pipeline.Stage.Columns.Where(column => column.Hubspot is { } name && _mirror.Table.Find(name) is not null)];
        SqlText both = SqlText.Join("", pipeline.Stage.Columns
            .Where(column => hubspot.Contains(column) || LegacySource(column) is not null)
            .Select(column => SqlText.Of($", {new SqlName(column.Name)}")));

        // The legacy id is the strongest rule: a claim by it loses to nothing but another by it.
        SqlText only = pipeline.Claims == ClaimPolicy.One ? SqlText.Of($"\nwhere \"_claims\" = 1") : SqlText.Of($"");
        return SqlText.Of($"""
            -- Records that exactly one HubSpot record matches by legacy id.
            {SqlText.Comments(Omissions(definition, pipeline, "match"))}{Legacy()},
            mirror as (
                select {_mirror.Key} as "_key", {_mirror.Id} as "_id"{Aliased(hubspot.Select(column => (column.Hubspot!, column.Name)))}
                from {_mirror.Table.Table}
                where {_mirror.Where()}
            ),
            found as (
                select legacy.*, mirror.*, count(*) over (partition by legacy."_legacy_id") as "_candidates"
                from legacy join mirror on mirror."_key" = {_mirror.LegacyKey(SqlText.Of($"legacy.\"_legacy_id\""))}
            ),
            matched as (
                select found.*, count(*) over (partition by "_id") as "_claims" from found where "_candidates" = 1 and "_versions" = 1
            )
            select "_legacy_id" as {new SqlName(pipeline.Stage.LegacyId)}, "_id" as {new SqlName(pipeline.Stage.HubspotId)}{both}
            from matched{only}
            order by "_legacy_id" collate "C"{Limit(limit)}
            """);
    }

    /// <summary>Records without a HubSpot record.</summary>
    public SqlText Unmatched(int? limit = null)
    {
        SqlText legacy = SqlText.Join("", pipeline.Stage.Columns.Where(column => LegacySource(column) is not null)
            .Select(column => SqlText.Of($", {new SqlName(column.Name)}")));
        return SqlText.Of($"""
            -- Records that no HubSpot record matches by legacy id.
            {SqlText.Comments(Omissions(definition, pipeline, "unmatched"))}{Legacy()},
            mirror as (
                select {_mirror.Key} as "_key" from {_mirror.Table.Table} where {_mirror.Where()}
            )
            select "_legacy_id" as {new SqlName(pipeline.Stage.LegacyId)}{legacy}
            from legacy left join mirror on mirror."_key" = {_mirror.LegacyKey(SqlText.Of($"legacy.\"_legacy_id\""))}
            where mirror."_key" is null and "_versions" = 1
            order by "_legacy_id" collate "C"{Limit(limit)}
            """);
    }

    /// <summary>The number of staged rows per status.</summary>
    public static SqlText Stats(StagingTables tables, ValidPipeline pipeline) => SqlText.Of($"""
        -- Staged rows per status.
        select reconciliation_status, count(*) as count,
            count(*) filter (where properties_to_update <> jsonb_build_object()) as with_changes
        from {tables.Published(pipeline.Stage)}
        group by 1
        order by 1
        """);

    /// <summary>The staged updates.</summary>
    public static SqlText Updates(ValidDefinition definition, ValidPipeline pipeline, int? limit = null) => SqlText.Of($"""
        -- Matched records with changes.
        {SqlText.Comments(Omissions(definition, pipeline, "updates"))}select {new SqlName(pipeline.Stage.LegacyId)}, {new SqlName(pipeline.Stage.HubspotId)}, properties_to_update, previous_values, match_confidence
        from {new StagingTables(definition.Staging.Schema).Published(pipeline.Stage)}
        where reconciliation_status = 'matched' and properties_to_update <> jsonb_build_object()
        order by {new SqlName(pipeline.Stage.LegacyId)} collate "C"{Limit(limit)}
        """);

    private static IEnumerable<string> OfIds(ValidPipeline pipeline)
    {
        if (pipeline.Match.IdForm != IdForm.Exact)
        {
            yield return "\"idForm\" is not applied: ids are compared as they are written, so records that the pipeline finds in another form count as unmatched.";
        }
    }

    private static IEnumerable<string> OfFallbacks(ValidPipeline pipeline, string query)
    {
        string[] names = [.. pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Fallback).Select(lookup => lookup.Label)];
        if (names.Length > 0)
        {
            yield return $"Fallback lookups need conversions and are not asked ({string.Join(", ", names)}): "
                + (query == "match" ? "records that only they find are left out." : "the pipeline may find some of these records by them.");
        }
    }

    private static IEnumerable<string> OfRepeats(ValidPipeline pipeline)
    {
        bool isLatest = pipeline.Diff.OnConflict == RepeatPolicy.Latest;
        if (isLatest || pipeline.Diff.Properties.Any(property => property.Convert.Count > 0))
        {
            yield return "Conversions are not applied: records that repeat an id and are not the same text are left out as conflicts, although the pipeline "
                + (isLatest ? "folds those that mean the same and takes the latest of the others." : "folds those that mean the same.");
        }
    }

    // One row per legacy id: values as the definition reads them, filters applied, malformed ids left out.
    private SqlText Legacy()
    {
        string[] compared = [.. Compared().Where(Exists)];
        StagedColumnDefinition[] staged = [.. pipeline.Stage.Columns.Where(column => LegacySource(column) is not null)];
        IEnumerable<string> used = compared.Prepend(pipeline.Csv.Id).Concat(staged.Select(column => LegacySource(column)!))
            .Concat(_columns.Tested.Where(Exists)).Distinct(StringComparer.OrdinalIgnoreCase);
        SqlText values = SqlText.Join(",\n", used.Select(column =>
            SqlText.Of($"        {_columns.Value(column)} as {BronzeTable.Column(column)}")));
        SqlText firsts = SqlText.Join("", staged.Select(column =>
            SqlText.Of($",\n        min({BronzeTable.Column(LegacySource(column)!)}) as {new SqlName(column.Name)}")));
        SqlText versions = compared.Length == 0
            ? SqlText.Of($"1")
            : SqlText.Of($"count(distinct row({SqlText.Join(", ", compared.Select(column => SqlText.Of($"{BronzeTable.Column(column)}")))}))");
        return SqlText.Of($"""
            with source as (
                select
            {values}
                from {bronze.Table}
            ),
            legacy as (
                select {_columns.LegacyId()} as "_legacy_id",
                    {versions} as "_versions"{firsts}
                from source
                where {_columns.HasId()} and not {_columns.Excluded(Exists)}
                group by 1
            )
            """);
    }

    // What decides whether repeats agree: every mapped column, and staged ones that no property is made from.
    private IEnumerable<string> Compared()
    {
        string?[] parents = [.. pipeline.Lookups.Select(lookup => lookup.From)];
        return pipeline.Diff.Properties.SelectMany(PipelineColumns.SourcesOf)
            .Concat(pipeline.Stage.Columns.Select(column => column.Legacy).OfType<string>()
                .Where(column => !parents.Contains(column, StringComparer.OrdinalIgnoreCase)))
            .Distinct(StringComparer.OrdinalIgnoreCase);
    }

    private string? LegacySource(StagedColumnDefinition staged)
    {
        string? source = staged.Legacy ?? (staged.Converted is { } property
            ? pipeline.Diff.Properties.FirstOrDefault(each => each.Property == property)?.Column
            : null);
        return source is not null && Exists(source) ? source : null;
    }

    private bool Exists(string column) => bronze.Find(BronzeTable.Column(column).Value) is not null;

    private static SqlText Aliased(IEnumerable<(string Column, string Alias)> columns)
        => SqlText.Join("", columns.Select(pair => SqlText.Of($", {new SqlName(pair.Column)} as {new SqlName(pair.Alias)}")));

    private static SqlText Limit(int? limit) => limit is { } most ? SqlText.Of($"\nlimit {most}") : SqlText.Of($"");
}
