using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Faults;

namespace Recon.Postgres.Staging;

/// <summary>
/// Leaves at most one matched row per HubSpot record in a table: the others become ambiguous, with a note that names the
/// claimants. The server does all of it, in one statement: nothing of it is held here, whatever the number of claims.
/// </summary>
/// <remarks>
/// A row that lost a claim has no HubSpot id any more, but its note names it: a partial run that reads only one of two
/// equal claimants again meets the other there.
/// </remarks>
internal sealed class ClaimSettlement(StagingTables tables, ValidPipeline pipeline)
{
    private readonly StageBlockDefinition _stage = pipeline.Stage;
    private readonly SqlName _legacyId = new(pipeline.Stage.LegacyId);
    private readonly SqlName _hubspotId = new(pipeline.Stage.HubspotId);
    private readonly SqlTable _published = tables.Published(pipeline.Stage);

    /// <summary>Settles the claims of an attempt. Doing it again changes nothing.</summary>
    /// <exception cref="LeaseLostException">Another run took over.</exception>
    public async Task SettleAsync(NpgsqlDataSource source, RunIdentity run, SqlTable attempt, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await new LeaseFence(tables, run).HoldDurablyAsync(connection, cancellationToken);

        // An earlier try whose client was cut off may be about to commit: what follows sees all of it or nothing.
        await SqlText.Of($"lock table {attempt} in share row exclusive mode").ExecuteAsync(connection, cancellationToken);
        BatchCounts changes = await SettleAsync(
            connection,
            attempt,
            SqlText.Of($"""
                select {_hubspotId} from {attempt} where {HoldsOrConflicts} and {_hubspotId} is not null
                group by 1 having count(*) > 1 and bool_or(reconciliation_status = 'matched')
                """),
            Conflicting(attempt),
            SqlText.Of($"true"),
            cancellationToken);
        if (changes.Contested > 0)
        {
            await new RunLog(tables).EnterCorrectionAsync(connection, run, RunLog.Settlement, changes, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Settles the claims of a partial run's rows, which are merged into the published table already, with those of the rows
    /// that were there. Runs inside the transaction that publishes.
    /// </summary>
    /// <param name="rows">What holds the published rows.</param>
    /// <returns>What changed in the run's own rows.</returns>
    public async Task<BatchCounts> SettleMergedAsync(
        NpgsqlConnection connection, SqlTable rows, SqlTable attempt, CancellationToken cancellationToken)
    {
        await SqlText.Of($"lock table {rows} in share row exclusive mode").ExecuteAsync(connection, cancellationToken);
        return await SettleAsync(
            connection,
            rows,
            SqlText.Of($"select distinct {_hubspotId} from {attempt} where {HoldsOrConflicts} and {_hubspotId} is not null"),
            SqlText.Of($"""
                {Conflicting(rows)}
                union all
                select t.ctid, t.{_legacyId}, c.id, t.match_rule, false
                from {rows} t join claimed c on c.id::text = {ContestedId()}
                where t.reconciliation_status = 'ambiguous' and t.notes like {new SqlLiteral($"{Claims.NoteStart}%{Claims.NoteMiddle}%")}
                """),
            SqlText.Of($"exists (select 1 from {attempt} a where a.{_legacyId} = r.legacy_id)"),
            cancellationToken);
    }

    /// <summary>Reads who claims a HubSpot record in the published result, beside one legacy record.</summary>
    /// <returns>The strongest claimants, at most <see cref="Claims.MostNamed"/>, and the number of all.</returns>
    public async Task<(IReadOnlyList<(string LegacyId, string? Rule)> Claimants, long Total)> FindOthersAsync(
        NpgsqlConnection connection, long hubspotId, string legacyId, CancellationToken cancellationToken)
    {
        List<(string LegacyId, string? Rule, long Total)> found = await SqlText.Of($"""
            select t.{_legacyId}, t.match_rule, count(*) over () from {_published} t
            where t.{_legacyId} <> $2 and (t.{HoldsOrConflicts} and t.{_hubspotId} = $1
                or t.reconciliation_status = 'ambiguous' and {ContestedId()} = $1::text)
            order by coalesce(array_position($3, t.match_rule), cardinality($3) + 1), t.{_legacyId} collate "C"
            limit {Claims.MostNamed}
            """).ListAsync(
                connection,
                row => (row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2)),
                cancellationToken,
                SqlValue.Of(hubspotId),
                SqlValue.Of(legacyId),
                SqlValue.Of([.. Claims.RulesByStrength(pipeline)]));
        return ([.. found.Select(each => (each.LegacyId, each.Rule))], found.Count == 0 ? 0 : found[0].Total);
    }

    /// <summary>The query that lists all claimants of a HubSpot record, around the two places for its id.</summary>
    public IReadOnlyList<string> Listing =>
    [
        $"select {_legacyId}, match_rule from {_published} where {_hubspotId} = ",
        $" or notes like '{Claims.NoteStart}",
        $"{Claims.NoteMiddle}%'",
    ];

    // Rows of one legacy id that contradict each other get no update, but the HubSpot record is theirs as much as another's.
    private static SqlText HoldsOrConflicts => SqlText.Of($"reconciliation_status in ('matched', 'conflict')");

    private SqlText Conflicting(SqlTable table) => SqlText.Of($"""
        union all
        select t.ctid, t.{_legacyId}, c.id, t.match_rule, false
        from {table} t join claimed c on c.id = t.{_hubspotId} where t.reconciliation_status = 'conflict'
        """);

    // The HubSpot id that the note of a row t names as contested.
    private static SqlText ContestedId()
        => SqlText.Of($"substring(t.notes from {new SqlLiteral($"^{Claims.NoteStart}([0-9]+){Claims.NoteMiddle}")})");

    /// <param name="claimed">The HubSpot ids that are looked at.</param>
    /// <param name="contested">Further claims: of rows that are not matched any more.</param>
    /// <param name="isOwn">Whether a row <c>r</c> is one of the run's own.</param>
    private async Task<BatchCounts> SettleAsync(
        NpgsqlConnection connection,
        SqlTable table,
        SqlText claimed,
        SqlText contested,
        SqlText isOwn,
        CancellationToken cancellationToken)
    {
        SqlLiteral[] listing = [.. Listing.Select(part => new SqlLiteral(part))];
        IEnumerable<SqlText> emptied = _stage.Columns.Where(column => column.Hubspot is not null)
            .Select(column => SqlText.Of($", {new SqlName(column.Name)} = null"));
        await using NpgsqlCommand command = SqlText.Of($"""
            with claimed (id) as materialized ({claimed}),
            claims (place, legacy_id, id, match_rule, holds) as (
                select t.ctid, t.{_legacyId}, c.id, t.match_rule, true
                from {table} t join claimed c on c.id = t.{_hubspotId}
                where t.reconciliation_status = 'matched'
                {contested}
            ),
            strengths as (select *, coalesce(array_position($1, match_rule), cardinality($1) + 1) as strength from claims),
            ranked as materialized (
                select *, rank() over (partition by id order by strength) as rank, count(*) over (partition by id, strength) as equals,
                    count(*) over (partition by id) as total,
                    row_number() over (partition by id order by strength, legacy_id collate "C") as number
                from strengths
            ),
            told as materialized (
                select id, {new SqlLiteral(Claims.NoteStart)} || id || {new SqlLiteral(Claims.NoteMiddle)} || total || {new SqlLiteral(Claims.NoteList)}
                    || string_agg(concat(legacy_id, ' (', match_rule, ')'), ', ' order by number)
                    || case when total > {Claims.MostNamed} then concat(' and ', total - {Claims.MostNamed}, ' more: ',
                        {listing[0]}, id, {listing[1]}, id, {listing[2]}) else '' end as note
                from ranked where total > 1 and number <= {Claims.MostNamed} group by id, total
            ),
            losers as materialized (
                select r.place, told.note, t.properties_to_update as changes, {isOwn} as own, r.strength = {Claims.LegacyIdStrength + 1} and r.equals > 1 as respelled
                from ranked r join told using (id) join {table} t on t.ctid = r.place
                where r.holds and (r.rank > 1 or r.equals > 1)
            ),
            settled as (
                update {table} t set reconciliation_status = 'ambiguous', {_hubspotId} = null, match_confidence = 0,
                    properties_to_update = jsonb_build_object(), previous_values = jsonb_build_object(),
                    notes = concat_ws('; ', l.note, t.notes), last_updated = now(){SqlText.Join("", emptied)}
                from losers l where t.ctid = l.place
            )
            select count(*), count(*) filter (where changes <> jsonb_build_object()),
                (select coalesce(jsonb_object_agg(key, rows), jsonb_build_object())::text from (
                    select key, count(*) as rows from losers, lateral jsonb_object_keys(changes) as key where own group by key) k),
                count(*) filter (where respelled)
            from losers where own
            """).On(connection, SqlValue.Of([.. Claims.RulesByStrength(pipeline)]));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        long lost = reader.GetInt64(0);
        using JsonDocument properties = JsonDocument.Parse(reader.GetString(2));
        var counts = new BatchCounts
        {
            Matched = -lost,
            Ambiguous = lost,
            Contested = lost,
            WithChanges = -reader.GetInt64(1),
            PropertyChanges = properties.RootElement.EnumerateObject().ToDictionary(each => each.Name, each => -each.Value.GetInt64()),
        };
        if (reader.GetInt64(3) is > 0 and long respelled)
        {
            counts.Remarks.Add(Claims.RespelledRemark, respelled);
        }

        return counts;
    }
}
