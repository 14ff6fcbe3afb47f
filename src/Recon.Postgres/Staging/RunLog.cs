using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>What a run was made from; an attempt is resumed only when all of it is the same.</summary>
internal sealed record RunFingerprints(string Definition, string Input, string ToolVersion)
{
    /// <summary>The files that <see cref="Input"/> is the fingerprint of; for people.</summary>
    public string InputFiles { get; init; } = "";

    /// <summary>What was found out about the input before it was read (<see cref="Staging.InputFacts"/>).</summary>
    public string InputFacts { get; init; } = "{}";
}

/// <summary>An attempt that did not end.</summary>
/// <param name="Outcome"><c>running</c> (it was killed), <c>failed</c> or <c>cancelled</c>.</param>
/// <param name="StagingVersion">The staging layout that it was made under.</param>
internal sealed record UnfinishedRun(
    Guid RunId,
    DateTimeOffset StartedAt,
    string Outcome,
    RunFingerprints Fingerprints,
    int StagingVersion,
    long Batches);

internal sealed class RunLog(StagingTables tables)
{
    private static readonly SqlText s_nothing = SqlText.Of($"");

    // Another process may have begun the run under the same id, over what was there then.
    private static readonly SqlText s_anew = SqlText.Of($"""
        , definition_fingerprint = excluded.definition_fingerprint, input_fingerprint = excluded.input_fingerprint,
        tool_version = excluded.tool_version, staging_version = excluded.staging_version,
        input_files = excluded.input_files, input_facts = excluded.input_facts
        """);

    /// <summary>The ledger's number for the folding of repeats.</summary>
    public const long Folding = 0;

    /// <summary>The ledger's number for the settlement of claims.</summary>
    public const long Settlement = -1;

    /// <summary>The ledger's number for decisions that were made while the run went on.</summary>
    public const long Deciding = -2;

    /// <summary>Writes that a run starts, or goes on.</summary>
    /// <param name="partial">Whether it merges its rows in place of replacing the result.</param>
    /// <param name="way">How it comes to its result.</param>
    /// <param name="isResumed">Whether it goes on with what is committed, which was made from the same.</param>
    /// <param name="strategies">The strategy of each lookup with its reason, as a JSON object.</param>
    public Task StartAsync(
        NpgsqlConnection connection,
        RunIdentity run,
        RunFingerprints fingerprints,
        SqlTable attempt,
        bool partial,
        bool isResumed,
        string strategies,
        RunWay way,
        CancellationToken cancellationToken)
        => SqlText.Of($"""
            insert into {tables.Log} (run_id, pipeline, outcome, partial, definition_fingerprint, input_fingerprint,
                tool_version, staging_version, attempt_table, lookup_strategies, input_files, way, way_reason, base_run, input_facts)
            values ($1, $2, 'running', $3, $4, $5, $6, {StagingTables.Version}, $7, $8, $9, $10, $11, $12, $13)
            on conflict (run_id, pipeline) do update set outcome = 'running', finished_at = null, message = null,
                attempt_table = excluded.attempt_table, lookup_strategies = excluded.lookup_strategies,
                way = excluded.way, way_reason = excluded.way_reason, base_run = excluded.base_run{(isResumed ? s_nothing : s_anew)}
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(run.RunId),
                SqlValue.Of(run.Pipeline),
                SqlValue.Of(partial),
                SqlValue.Of(fingerprints.Definition),
                SqlValue.Of(fingerprints.Input),
                SqlValue.Of(fingerprints.ToolVersion),
                SqlValue.Of(attempt.Name.Value),
                SqlValue.Json(strategies),
                SqlValue.Of(fingerprints.InputFiles),
                SqlValue.Of(way.Name),
                SqlValue.Of(way.Reason),
                SqlValue.Of(way.Base),
                SqlValue.Json(fingerprints.InputFacts));

    /// <param name="connection">The connection; in the transaction that publishes when the run completed.</param>
    /// <param name="elapsed">How long this process worked on it.</param>
    /// <param name="keepAttempt">Whether its table stays, to be resumed.</param>
    /// <param name="gates">The names of the gates that it exceeded.</param>
    /// <param name="blocks">Where the time of this process's blocks went.</param>
    /// <param name="course">The same over time.</param>
    /// <param name="workers">Who did it; none for a run of one process.</param>
    /// <param name="written">Rows that it published; <see langword="null"/> where it published none.</param>
    public Task EndAsync(
        NpgsqlConnection connection,
        RunIdentity run,
        string outcome,
        BatchCounts counts,
        TimeSpan elapsed,
        string? message,
        bool keepAttempt,
        IEnumerable<string> gates,
        IReadOnlyList<BlockStats> blocks,
        IReadOnlyList<GraphMoment> course,
        IReadOnlyList<LoggedWorker> workers,
        long? written,
        CancellationToken cancellationToken)
        => SqlText.Of($"""
            update {tables.Log} set finished_at = clock_timestamp(), outcome = $3, read = $4, staged = $5, matched = $6,
                unmatched = $7, ambiguous = $8, conflict = $9, folded = $10, filtered = $11, rejected = $12,
                with_changes = $13, details = $14, seconds = $15, message = $16,
                attempt_table = case when $17 then attempt_table end, written = $18
            where run_id = $1 and pipeline = $2
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(run.RunId),
                SqlValue.Of(run.Pipeline),
                SqlValue.Of(outcome),
                SqlValue.Of(counts.Read),
                SqlValue.Of(counts.Staged),
                SqlValue.Of(counts.Matched),
                SqlValue.Of(counts.Unmatched),
                SqlValue.Of(counts.Ambiguous),
                SqlValue.Of(counts.Conflict),
                SqlValue.Of(counts.Folded),
                SqlValue.Of(counts.Filtered),
                SqlValue.Of(counts.Rejected),
                SqlValue.Of(counts.WithChanges),
                SqlValue.Json(CountsJson.Write(counts, gates, blocks, course, workers)),
                SqlValue.Of(elapsed),
                SqlValue.Of(message),
                SqlValue.Of(keepAttempt),
                SqlValue.Of(written));

    /// <summary>Finds the attempt of a pipeline that can be continued.</summary>
    /// <returns>The latest full attempt whose table still exists and that committed something, or <see langword="null"/>.</returns>
    public async Task<UnfinishedRun?> FindUnfinishedAsync(
        NpgsqlConnection connection, string pipeline, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select l.run_id, l.started_at, l.outcome, l.definition_fingerprint, l.input_fingerprint, l.tool_version,
                l.staging_version, b.batches
            from {tables.Log} l
            cross join lateral (select count(*) as batches from {tables.Ledger} g
                where g.run_id = l.run_id and g.pipeline = l.pipeline) b
            where l.pipeline = $1 and not l.partial and l.way is distinct from {new SqlLiteral(RunWay.Changes)} and l.outcome <> 'completed' and l.attempt_table is not null
                and b.batches > 0
                and to_regclass(quote_ident($2) || '.' || quote_ident(l.attempt_table)) is not null
            order by l.started_at desc limit 1
            """).ListAsync(
                connection,
                row => new UnfinishedRun(
                    row.GetGuid(0),
                    new DateTimeOffset(row.GetDateTime(1), TimeSpan.Zero),
                    row.GetString(2),
                    new RunFingerprints(row.GetString(3), row.GetString(4), row.GetString(5)),
                    row.GetInt32(6),
                    row.GetInt64(7)),
                cancellationToken,
                SqlValue.Of(pipeline),
                SqlValue.Of(tables.Schema.Value))).SingleOrDefault();

    /// <summary>The strategy of each lookup of a run, with its reason, as <see cref="StartAsync"/> was given it.</summary>
    public async Task<string> StrategiesAsync(NpgsqlConnection connection, RunIdentity run, CancellationToken cancellationToken)
        => (string)(await SqlText.Of($"select lookup_strategies::text from {tables.Log} where run_id = $1 and pipeline = $2")
            .ScalarAsync(connection, cancellationToken, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline)))!;

    /// <summary>Reads which batches of a run are committed.</summary>
    /// <returns>The part of the input of each batch, by number.</returns>
    public async Task<Dictionary<long, SourceRange>> CommittedAsync(
        NpgsqlConnection connection, RunIdentity run, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select batch, file, start_byte, end_byte, start_line, end_line
            from {tables.Ledger} where run_id = $1 and pipeline = $2 and batch > 0
            """).ListAsync(
                connection,
                row => KeyValuePair.Create(
                    row.GetInt64(0), new SourceRange(row.GetInt32(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5))),
                cancellationToken,
                SqlValue.Of(run.RunId),
                SqlValue.Of(run.Pipeline))).ToDictionary();

    /// <summary>
    /// Enters into the ledger what was changed after the load, once for each number: it reads nothing and turns staged rows
    /// into folded ones, or into rows of another status.
    /// </summary>
    public Task EnterCorrectionAsync(
        NpgsqlConnection connection, RunIdentity run, long number, BatchCounts changes, CancellationToken cancellationToken)
        => SqlText.Of($"""
            insert into {tables.Ledger} (run_id, pipeline, batch, file, start_byte, end_byte, start_line, end_line,
                read, staged, folded, filtered, rejected, counts)
            values ($1, $2, $3, 0, 0, 0, 0, 0, 0, $4, $5, 0, 0, $6)
            """).ExecuteAsync(
                connection,
                cancellationToken,
                SqlValue.Of(run.RunId),
                SqlValue.Of(run.Pipeline),
                SqlValue.Of(number),
                SqlValue.Of(changes.Staged),
                SqlValue.Of(changes.Folded),
                SqlValue.Json(CountsJson.Write(changes)));

    /// <summary>Adds up the ledger of a run: what is committed, whichever process did it.</summary>
    public async Task<BatchCounts> SumAsync(NpgsqlConnection connection, RunIdentity run, CancellationToken cancellationToken)
    {
        var sum = new BatchCounts();
        await using NpgsqlCommand command = SqlText.Of(
            $"select counts::text from {tables.Ledger} where run_id = $1 and pipeline = $2")
            .On(connection, SqlValue.Of(run.RunId), SqlValue.Of(run.Pipeline));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sum.Add(CountsJson.Read(reader.GetString(0)));
        }

        return sum;
    }
}
