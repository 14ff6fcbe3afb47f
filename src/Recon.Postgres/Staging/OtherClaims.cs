using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Staging;

/// <summary>
/// The claims of another pipeline that matches records of the same mirror table. Each pipeline settles its own claims, so that a HubSpot
/// record may have a matched legacy record in the published result of each.
/// </summary>
internal sealed class OtherClaims
{
    private const int Samples = 3;

    private readonly SqlTable _own;
    private readonly SqlTable _theirs;
    private readonly SqlText _ownId;
    private readonly SqlText _theirId;
    private readonly SqlText _differ;
    private readonly string[] _columns;
    private readonly string _mirror;
    private readonly string _name;

    private OtherClaims(StagingTables tables, ValidPipeline own, ValidPipeline other)
    {
        (_own, _theirs, _name, Pipeline, _mirror) = (tables.Published(own.Stage), tables.Published(other.Stage), own.Name, other.Name, own.Match.Table);
        _ownId = SqlText.Of($"t.{new SqlName(own.Stage.HubspotId)}");
        _theirId = SqlText.Of($"o.{new SqlName(other.Stage.HubspotId)}");

        // Two files with ids of one kind may tell of one legacy record, each with properties of its own.
        _differ = own.Claims == ClaimPolicy.Many && other.Claims == ClaimPolicy.Many ? SqlText.Of($"false")
            : own.Match.Key != other.Match.Key ? SqlText.Of($"true")
            : SqlText.Of($"t.{new SqlName(own.Stage.LegacyId)} <> o.{new SqlName(other.Stage.LegacyId)}");
        _columns = [other.Stage.LegacyId, other.Stage.HubspotId];
    }

    /// <summary>The other pipeline.</summary>
    public string Pipeline { get; }

    public SqlTable Table => _theirs;

    /// <summary>The claims of the other pipelines over a pipeline's mirror table, in the order of the definition.</summary>
    public static IReadOnlyList<OtherClaims> Of(ValidDefinition definition, ValidPipeline pipeline)
    {
        var tables = new StagingTables(definition.Staging.Schema);
        var mirror = SqlTable.Parse(pipeline.Match.Table);
        return
        [
            .. definition.Pipelines.Where(other => other.Name != pipeline.Name && SqlTable.Parse(other.Match.Table) == mirror)
                .Select(other => new OtherClaims(tables, pipeline, other)),
        ];
    }

    /// <summary>Whether there is a result of the other pipeline; <see langword="null"/> where this role may not read it.</summary>
    public async Task<bool?> IsPublishedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select case when count(*) < cardinality($3) then 'none' when bool_and(has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')) then 'yes' end
            from pg_namespace n join pg_class c on c.relnamespace = n.oid join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
            where n.nspname = $1 and c.relname = $2 and a.attname = any($3)
            """).ScalarAsync(
                connection, cancellationToken, SqlValue.Of(_theirs.Schema.Value), SqlValue.Of(_theirs.Name.Value), SqlValue.Of(_columns)) switch
        {
            null => null,
            "yes" => true,
            _ => false,
        };

    /// <summary>
    /// Whether a matched row <c>t</c> of the pipeline gives way: the other one claims its HubSpot record by an equal or stronger rule. Fallbacks
    /// of two pipelines are equally strong.
    /// </summary>
    public SqlText GivesWay() => SqlText.Of($"""
        exists (select 1 from {_theirs} o where {Meet()} and ({_differ} or {Contradict()})
            and {Strength(SqlText.Of($"o"))} <= {Strength(SqlText.Of($"t"))})
        """);

    /// <summary>Counts the HubSpot records that both published results claim.</summary>
    /// <returns>What people should know; <see langword="null"/> for nothing.</returns>
    public async Task<string?> TellAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var met = (await SqlText.Of($"""
            with met as materialized (
                select {_ownId} as id, bool_or({Contradict()}) as contradict
                from {_own} t join {_theirs} o on {Meet()}
                where t.reconciliation_status in ('matched', 'conflict') and 'matched' in (t.reconciliation_status, o.reconciliation_status)
                    and ({_differ} or {Contradict()})
                group by 1
            )
            select count(*), count(*) filter (where contradict), array(select id from met order by 1 limit {Samples}) from met
            """).ListAsync(
                connection,
                row => (Records: row.GetInt64(0), Contradictions: row.GetInt64(1), Ids: row.GetFieldValue<long[]>(2)),
                cancellationToken)).Single();
        if (met.Records == 0)
        {
            return null;
        }

        string contradict = met.Contradictions == 0 ? "" : $", and for {Show(met.Contradictions)} of them the two set one property to different values";
        return $"'{_name}' and '{Pipeline}' both claim {Show(met.Records, "HubSpot record")} of {_mirror} in their published results "
            + $"(such as {string.Join(", ", met.Ids)}){contradict}. 'recon export' leaves a record out where the other pipeline claims it by an "
            + "equal or stronger rule. Where both may update it, set \"claims\": \"many\" in both; contradicting values are left out all the same.";
    }

    private SqlText Meet() => SqlText.Of($"{_theirId} = {_ownId} and o.reconciliation_status in ('matched', 'conflict')");

    private static SqlText Contradict() => SqlText.Of($"""
        (t.properties_to_update <> jsonb_build_object() and o.properties_to_update <> jsonb_build_object() and exists (
            select 1 from jsonb_each_text(t.properties_to_update) mine join jsonb_each_text(o.properties_to_update) theirs using (key)
            where mine.value is distinct from theirs.value))
        """);

    private static SqlText Strength(SqlText row)
        => SqlText.Of($"coalesce(array_position(array[{SqlText.Literals([RecordMatcher.DecisionRule, RecordMatcher.LegacyIdRule, RecordMatcher.MergedRule])}], {row}.match_rule), 4)");
}
