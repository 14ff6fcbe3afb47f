using System.Globalization;
using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>Reads what runs left in the staging schema.</summary>
internal sealed class StagingReader(NpgsqlConnection connection, StagingTables tables)
{
    /// <summary>Refuses to go on when a table is missing.</summary>
    /// <exception cref="StagingException">It is missing.</exception>
    public async Task RequireAsync(SqlTable table, CancellationToken token)
    {
        if (!await MirrorCatalog.ExistsAsync(connection, table, token))
        {
            throw new StagingException($"{table.Display} does not exist. 'recon setup' creates it, 'recon run' fills it.");
        }
    }

    /// <summary>Whether a pipeline has a staging table. It may be empty.</summary>
    public Task<bool> HasTableAsync(ValidPipeline pipeline, CancellationToken token)
        => MirrorCatalog.ExistsAsync(connection, tables.Published(pipeline.Stage), token);

    public async Task<PipelineStats> StatsAsync(ValidPipeline pipeline, bool withParents, CancellationToken token)
    {
        SqlTable table = tables.Published(pipeline.Stage);
        await RequireAsync(table, token);
        var parents = new List<UnresolvedParent>();
        if (withParents)
        {
            foreach ((string lookup, string legacy, string hubspot) in ParentColumns(pipeline.Stage))
            {
                foreach ((string id, long count) in await CountsAsync(
                    SqlText.Of($"""
                        select {new SqlName(legacy)}::text, count(*) from {table}
                        where {new SqlName(legacy)} is not null and {new SqlName(hubspot)} is null
                        group by 1 order by 2 desc, 1
                        """),
                    token))
                {
                    parents.Add(new UnresolvedParent(lookup, id, count));
                }
            }
        }

        return new PipelineStats(
            pipeline.Name,
            await CountsAsync(
                SqlText.Of($"select reconciliation_status, count(*) from {table} group by 1 order by 1"), token),
            (long)(await SqlText.Of($"select count(*) from {table} where properties_to_update <> jsonb_build_object()")
                .ScalarAsync(connection, token))!,
            await CountsAsync(
                SqlText.Of($"""
                    select key, count(*) from {table}, lateral jsonb_object_keys(properties_to_update) as key
                    group by 1 order by 2 desc, 1
                    """),
                token),
            await LastCountsAsync(pipeline, token),
            [.. parents.OrderByDescending(parent => parent.Count).ThenBy(parent => parent.LegacyId, StringComparer.Ordinal)])
        {
            RefusedBy = await RefusedByAsync(pipeline, token),
            Warned = await WarnedAsync(pipeline, token),
        };
    }

    /// <summary>Lists past runs, the latest first.</summary>
    public async Task<IReadOnlyList<LoggedRun>> LogAsync(int limit, CancellationToken token)
    {
        await RequireAsync(tables.Log, token);
        return await SqlText.Of($"{Runs()} order by started_at desc, pipeline limit $1").ListAsync(connection, Logged, token, SqlValue.Of(limit));
    }

    /// <summary>Reads one run of a pipeline.</summary>
    /// <param name="which">What follows <c>where pipeline = $1 and</c>.</param>
    /// <returns>The first run of that order; <see langword="null"/> when there is none.</returns>
    public async Task<LoggedRun?> RunAsync(ValidPipeline pipeline, SqlText which, CancellationToken token, params NpgsqlParameter[] values)
        => (await SqlText.Of($"{Runs()} where pipeline = $1 and {which} limit 1")
            .ListAsync(connection, Logged, token, [SqlValue.Of(pipeline.Name), .. values])).SingleOrDefault();

    /// <summary>Reads staged rows, in the order of the file, each as a JSON object.</summary>
    /// <param name="limit">Most rows that are read; <see langword="null"/> for all.</param>
    public async IAsyncEnumerable<string> RowsAsync(
        ValidPipeline pipeline, RowFilter filter, long? limit, [EnumeratorCancellation] CancellationToken token)
    {
        SqlTable table = tables.Published(pipeline.Stage);
        await RequireAsync(table, token);
        await using NpgsqlCommand command = SqlText.Of($"""
            select row_to_json(t)::text from {table} t where {RowFilter.Condition(pipeline.Stage)}
            order by source_file, source_line limit $5
            """).On(connection, [.. filter.Values, SqlValue.Of(limit ?? long.MaxValue)]);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            yield return reader.GetString(0);
        }
    }

    /// <summary>Finds an id, or one that differs from it only in case and leading zeros.</summary>
    /// <returns>The id as it is staged; <see langword="null"/> when there is none.</returns>
    public async Task<string?> LikeAsync(ValidPipeline pipeline, string id, CancellationToken token)
    {
        SqlName key = new(pipeline.Stage.LegacyId);
        return (string?)await SqlText.Of($"""
            select {key} from {tables.Published(pipeline.Stage)} where ltrim(lower({key}), '0') = ltrim(lower($1), '0')
            order by {key} = $1 desc, {key} limit 1
            """).ScalarAsync(connection, token, SqlValue.Of(id));
    }

    /// <summary>Counts the rows that a filter lets through.</summary>
    public async Task<long> CountAsync(ValidPipeline pipeline, RowFilter filter, CancellationToken token)
    {
        SqlTable table = tables.Published(pipeline.Stage);
        await RequireAsync(table, token);
        return (long)(await SqlText.Of($"select count(*) from {table} t where {RowFilter.Condition(pipeline.Stage)}")
            .ScalarAsync(connection, token, [.. filter.Values]))!;
    }

    private SqlText Runs() => SqlText.Of($"""
        select run_id::text, pipeline, started_at, finished_at, outcome, partial, details::text, seconds, tool_version, message,
            to_jsonb(g) ->> 'way', to_jsonb(g) ->> 'way_reason', (to_jsonb(g) ->> 'written')::int8,
            outcome = 'running' and not {LeaseClaim.IsAliveIn(tables)},
            definition_fingerprint, input_fingerprint, to_jsonb(g) ->> 'input_files', to_jsonb(g) ->> 'lookup_strategies'
        from {tables.Log} g
        """);

    // Who was killed could not say so.
    private static LoggedRun Logged(NpgsqlDataReader reader) => ToldByItself(reader) is var run && !reader.GetBoolean(13) ? run : run with
    {
        Outcome = "abandoned",
        Message = "It was killed, or lost its way to the server. "
            + (run.Partial ? "Nothing of it is published: run it again." : $"'recon run {run.Pipeline} --resume' goes on with it."),
    };

    private static LoggedRun ToldByItself(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        Time(reader.GetDateTime(2)),
        reader.IsDBNull(3) ? null : Time(reader.GetDateTime(3)),
        reader.GetString(4),
        reader.GetBoolean(5),
        CountsJson.Read(reader.GetString(6)),
        reader.IsDBNull(7) ? null : reader.GetDouble(7),
        reader.GetString(8),
        reader.IsDBNull(9) ? null : reader.GetString(9))
    {
        Gates = CountsJson.ReadGates(reader.GetString(6)),
        Way = reader[10] as string,
        WayReason = reader[11] as string,
        Written = reader[12] as long?,
        Fingerprints = new RunFingerprints(reader.GetString(14), reader.GetString(15), reader.GetString(8)) { InputFiles = reader[16] as string ?? "" },
        Strategies = reader[17] as string ?? "{}",
        Warnings = CountsJson.ReadWarnings(reader.GetString(6)),
        Blocks = CountsJson.ReadBlocks(reader.GetString(6)),
        Course = CourseJson.Read(reader.GetString(6)),
        Workers = CountsJson.ReadWorkers(reader.GetString(6)),
    };

    private static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Pairs of staged columns: the legacy id of a parent, and the HubSpot id that was found for it.</summary>
    internal static IEnumerable<(string Lookup, string Legacy, string Hubspot)> ParentColumns(StageBlockDefinition stage)
        => from legacy in stage.Columns
           where legacy.ParentLegacyId is not null
           from hubspot in stage.Columns
           where hubspot.ParentHubspotId == legacy.ParentLegacyId
           select (legacy.ParentLegacyId!, legacy.Name, hubspot.Name);

    // A partial run counted only its own records, which says nothing about the rest of the table.
    private async Task<BatchCounts?> LastCountsAsync(ValidPipeline pipeline, CancellationToken token)
        => await SqlText.Of($"""
            select details::text from {tables.Log} where pipeline = $1 and outcome = 'completed' and not partial
            order by started_at desc limit 1
            """).ScalarAsync(connection, token, SqlValue.Of(pipeline.Name)) is string details
            ? CountsJson.Read(details)
            : null;

    private async Task<WarnedRun?> WarnedAsync(ValidPipeline pipeline, CancellationToken token)
        => (await SqlText.Of($"""
            select started_at, outcome, details::text from {tables.Log} where pipeline = $1 and outcome <> 'running'
            order by started_at desc limit 1
            """).ListAsync(
                connection,
                row => new WarnedRun(Time(row.GetDateTime(0)), row.GetString(1), CountsJson.ReadWarnings(row.GetString(2))),
                token,
                SqlValue.Of(pipeline.Name))).SingleOrDefault();

    private async Task<IReadOnlyList<string>> RefusedByAsync(ValidPipeline pipeline, CancellationToken token)
        => await SqlText.Of($"select outcome || ' ' || details::text from {tables.Log} where pipeline = $1 order by started_at desc limit 1")
            .ScalarAsync(connection, token, SqlValue.Of(pipeline.Name)) is string last && last.StartsWith("failed ", StringComparison.Ordinal)
            ? CountsJson.ReadGates(last[7..])
            : [];

    private Task<List<KeyValuePair<string, long>>> CountsAsync(SqlText sql, CancellationToken token)
        => sql.ListAsync(connection, row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), token);
}
