using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>Reads and writes decisions, and what became of them.</summary>
internal sealed class DecisionStore(StagingTables tables)
{
    private static readonly SqlText s_columns = SqlText.Of(
        $"d.pipeline, d.legacy_id, d.decision, d.hubspot_id, d.source_line, d.decided_by, d.decided_at, d.note, d.evidence::text");

    /// <returns>The decision about a record; <see langword="null"/> for none.</returns>
    public async Task<Decision?> FindAsync(
        NpgsqlConnection connection, string pipeline, string legacyId, CancellationToken cancellationToken)
        => (await FindAsync(connection, pipeline, [legacyId], cancellationToken)).SingleOrDefault();

    /// <summary>Finds the decisions about some records.</summary>
    public Task<List<Decision>> FindAsync(
        NpgsqlConnection connection, string pipeline, IReadOnlyCollection<string> legacyIds, CancellationToken cancellationToken)
        => SqlText.Of($"select {s_columns} from {tables.Decisions} d where pipeline = $1 and legacy_id = any($2)")
            .ListAsync(connection, row => Read(row, 0), cancellationToken, SqlValue.Of(pipeline), SqlValue.Of([.. legacyIds]));

    /// <summary>Reads the decisions about records of pipelines, in the order of pipelines and ids.</summary>
    public async IAsyncEnumerable<Decision> ListAsync(
        NpgsqlConnection connection, IReadOnlyList<string> pipelines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlCommand command = SqlText.Of($"""
            select {s_columns} from {tables.Decisions} d where pipeline = any($1)
            order by array_position($1, pipeline), legacy_id collate "C"
            """).On(connection, SqlValue.Of([.. pipelines]));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Read(reader, 0);
        }
    }

    /// <summary>The decision that somebody made last of those that stand; <see langword="null"/> for none.</summary>
    public async Task<Decision?> LatestAsync(NpgsqlConnection connection, string pipeline, string by, CancellationToken cancellationToken)
        => (await SqlText.Of($"select {s_columns} from {tables.Decisions} d where pipeline = $1 and decided_by = $2 order by decided_at desc limit 1")
            .ListAsync(connection, row => Read(row, 0), cancellationToken, SqlValue.Of(pipeline), SqlValue.Of(by))).SingleOrDefault();

    /// <summary>What was decided about a record over time, the latest first.</summary>
    public async Task<IReadOnlyList<DecisionEvent>> HistoryAsync(
        NpgsqlConnection connection, string pipeline, string legacyId, CancellationToken cancellationToken)
        => await SqlText.Of($"""
            select {s_columns}, d.action, d.happened_at from {tables.DecisionHistory} d
            where pipeline = $1 and legacy_id = $2 order by id desc
            """).ListAsync(
                connection,
                row => new DecisionEvent(row.GetString(9), new DateTimeOffset(row.GetDateTime(10), TimeSpan.Zero), Read(row, 0)),
                cancellationToken,
                SqlValue.Of(pipeline),
                SqlValue.Of(legacyId));

    /// <summary>Reads all decisions about the records of a pipeline, as one state.</summary>
    /// <param name="connection">A connection outside a transaction.</param>
    /// <param name="stages">Whether what is judged by them is staged: then they have to be readable.</param>
    /// <param name="until">The last entry of the history that counts: the state is the one after it. <see langword="null"/> for the state of now.</param>
    /// <returns>None where there is no such table.</returns>
    public async Task<PipelineDecisions> LoadAsync(
        NpgsqlConnection connection, string pipeline, bool stages, CancellationToken cancellationToken, long? until = null)
    {
        try
        {
            long last = 0;
            List<Decision> decisions = [];
            await using NpgsqlCommand command = until is { } entry ? AsOf(connection, pipeline, entry) : SqlText.Of($"""
                select {s_columns}, h.last from (select coalesce(max(id), 0) as last from {tables.DecisionHistory} where pipeline = $1) h
                left join {tables.Decisions} d on d.pipeline = $1
                """).On(connection, SqlValue.Of(pipeline));
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                last = reader.GetInt64(9);
                if (!await reader.IsDBNullAsync(0, cancellationToken))
                {
                    decisions.Add(Read(reader, 0));
                }
            }

            return new PipelineDecisions(decisions, last);
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName
            || (missing.SqlState == PostgresErrorCodes.InsufficientPrivilege && !stages))
        {
            // Nothing was ever decided where nothing was set up; and who may only read the mirror can still compare.
            return PipelineDecisions.None;
        }
    }

    // What the entries of the history up to one say last of each record.
    private NpgsqlCommand AsOf(NpgsqlConnection connection, string pipeline, long entry)
        => SqlText.Of($"""
            select {s_columns}, h.last from (select $2::bigint as last) h left join (
                select distinct on (legacy_id) * from {tables.DecisionHistory} where pipeline = $1 and id <= $2 order by legacy_id, id desc
            ) d on d.action <> 'undone'
            """).On(connection, SqlValue.Of(pipeline), SqlValue.Of(entry));

    /// <summary>Who else is decided to be a HubSpot record; <see langword="null"/> for nobody.</summary>
    public async Task<string?> OtherAsync(
        NpgsqlConnection connection, string pipeline, string legacyId, long hubspotId, CancellationToken cancellationToken)
        => (string?)await SqlText.Of($"""
            select legacy_id from {tables.Decisions} where pipeline = $1 and legacy_id <> $2 and hubspot_id = $3 order by 1 limit 1
            """).ScalarAsync(connection, cancellationToken, SqlValue.Of(pipeline), SqlValue.Of(legacyId), SqlValue.Of(hubspotId));

    /// <summary>Keeps decisions, runs and readers of a pipeline apart until the end of the transaction: one after the other.</summary>
    public Task LockAsync(NpgsqlConnection connection, string pipeline, CancellationToken cancellationToken)
        => SqlText.Of($"select pg_advisory_xact_lock(hashtextextended($1, 0))")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of($"recon decisions {tables.Schema.Value} {pipeline}"));

    /// <summary>Writes a decision, in place of an earlier one about the record.</summary>
    /// <param name="action">As in <see cref="DecisionEvent.Action"/>.</param>
    public async Task WriteAsync(NpgsqlConnection connection, Decision decision, string action, CancellationToken cancellationToken)
    {
        await SqlText.Of($"""
            insert into {tables.Decisions} (pipeline, legacy_id, decision, hubspot_id, source_line, decided_by, decided_at, note, evidence)
            values ($1, $2, $3, $4, $5, $6, $7::timestamptz, $8, $9)
            on conflict (pipeline, legacy_id) do update set decision = excluded.decision, hubspot_id = excluded.hubspot_id,
                source_line = excluded.source_line, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
                note = excluded.note, evidence = excluded.evidence
            """).ExecuteAsync(connection, cancellationToken, Values(decision));
        await EnterAsync(connection, decision, action, cancellationToken);
    }

    /// <summary>Takes a decision back.</summary>
    /// <param name="undone">The decision, with who undid it.</param>
    public async Task RemoveAsync(NpgsqlConnection connection, Decision undone, CancellationToken cancellationToken)
    {
        await SqlText.Of($"delete from {tables.Decisions} where pipeline = $1 and legacy_id = $2")
            .ExecuteAsync(connection, cancellationToken, SqlValue.Of(undone.Pipeline), SqlValue.Of(undone.LegacyId));
        await EnterAsync(connection, undone, "undone", cancellationToken);
    }

    private Task<int> EnterAsync(NpgsqlConnection connection, Decision decision, string action, CancellationToken cancellationToken)
        => SqlText.Of($"""
            insert into {tables.DecisionHistory} (pipeline, legacy_id, decision, hubspot_id, source_line, decided_by, decided_at, note, evidence, action)
            values ($1, $2, $3, $4, $5, $6, $7::timestamptz, $8, $9, $10)
            """).ExecuteAsync(connection, cancellationToken, [.. Values(decision), SqlValue.Of(action)]);

    private static NpgsqlParameter[] Values(Decision decision) =>
    [
        SqlValue.Of(decision.Pipeline),
        SqlValue.Of(decision.LegacyId),
        SqlValue.Of(DecisionKinds.TextOf(decision.Kind)),
        SqlValue.Of(decision.HubspotId),
        SqlValue.Of(decision.SourceLine),
        SqlValue.Of(decision.DecidedBy),
        SqlValue.Of(decision.DecidedAt.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture)),
        SqlValue.Of(decision.Note),
        SqlValue.Json(decision.Evidence),
    ];

    private static Decision Read(NpgsqlDataReader row, int at) => new(
        row.GetString(at),
        row.GetString(at + 1),
        DecisionKinds.Of(row.GetString(at + 2)) ?? throw new StagingException($"'{row.GetString(at + 2)}' is no decision that this version of recon knows."),
        row[at + 3] as long?,
        row[at + 4] as long?,
        row.GetString(at + 5),
        new DateTimeOffset(row.GetDateTime(at + 6), TimeSpan.Zero),
        row[at + 7] as string,
        row.GetString(at + 8));
}
