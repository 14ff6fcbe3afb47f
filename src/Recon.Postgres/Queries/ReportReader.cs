using System.Data;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>Reads what a report shows of a pipeline, as one state of the staging schema.</summary>
internal sealed class ReportReader(NpgsqlConnection connection, StagingTables tables)
{
    /// <summary>Parts of a run's time for which committed records are counted.</summary>
    private const int Parts = 60;

    /// <summary>A run of fewer batches, or of less time, has no rate over time: its parts would hold a batch or none.</summary>
    private const int LeastBatches = 120;
    private const int LeastSeconds = 10;

    /// <summary>Characters of a rejected record that are read.</summary>
    private const int MostRaw = 500;

    private readonly StagingReader _reader = new(connection, tables);

    /// <param name="run">The run to tell of; <see langword="null"/> for the one whose result is published, else the latest.</param>
    /// <param name="transitions">Most transitions of a property.</param>
    /// <param name="samples">Most samples of rejects and changes.</param>
    /// <param name="parents">Most missing parents of a lookup.</param>
    public async Task<ReportedPipeline> ReadAsync(
        ValidPipeline pipeline, Guid? run, int transitions, int samples, int parents, CancellationToken token)
    {
        ReportedPipeline report = await ReadRunAsync(pipeline, run, transitions, samples, parents, token);
        if (report.Run is null || report.Former is null)
        {
            return report;
        }

        if (report.RowsLeft is not null)
        {
            return report with { NotCompared = "Rows of this run are gone from the staging table." };
        }

        try
        {
            return report with { Difference = await RunComparison.ReadAsync(connection, tables, pipeline, Guid.Parse(report.Run.RunId), Guid.Parse(report.Former.RunId), 0, token) };
        }
        catch (NotComparableException exception)
        {
            return report with { NotCompared = exception.Message };
        }
    }

    private async Task<ReportedPipeline> ReadRunAsync(
        ValidPipeline pipeline, Guid? run, int transitions, int samples, int parents, CancellationToken token)
    {
        if (!await MirrorCatalog.ExistsAsync(connection, tables.Log, token))
        {
            return new ReportedPipeline(null);
        }

        SqlTable table = tables.Published(pipeline.Stage);
        bool hasTable = await MirrorCatalog.ExistsAsync(connection, table, token);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, token);

        // The lock comes before the snapshot: one that is older than a publication would see a part of its result.
        await SqlText.Of($"set transaction read only").ExecuteAsync(connection, token);
        if (hasTable)
        {
            await SqlText.Of($"lock table {table} in access share mode").ExecuteAsync(connection, token);
        }

        LoggedRun? published = await _reader.RunAsync(pipeline, SqlText.Of($"outcome = 'completed' and not partial order by started_at desc"), token);
        LoggedRun? told = run is { } id
            ? await _reader.RunAsync(pipeline, SqlText.Of($"run_id = $2"), token, SqlValue.Of(id))
            : published ?? await _reader.RunAsync(pipeline, SqlText.Of($"true order by started_at desc"), token);
        if (told is null)
        {
            return new ReportedPipeline(null);
        }

        var runId = Guid.Parse(told.RunId);
        ReportedPipeline report = new(told)
        {
            IsPublished = hasTable && told.RunId == published?.RunId,
            Later = await _reader.RunAsync(
                pipeline, SqlText.Of($"started_at > (select started_at from {tables.Log} where run_id = $2 and pipeline = $1) order by started_at desc"),
                token, SqlValue.Of(runId)),
            Former = told.Outcome != "completed" || told.Partial ? null : await _reader.RunAsync(
                pipeline,
                SqlText.Of($"outcome = 'completed' and not partial and started_at < (select started_at from {tables.Log} where run_id = $2 and pipeline = $1) order by started_at desc"),
                token, SqlValue.Of(runId)),
            Rejects = await RejectsAsync(pipeline, runId, samples, token),
            Committed = await CommittedAsync(pipeline, runId, token),
        };
        if (!report.IsPublished)
        {
            return told.RunId == published?.RunId && told.Counts.Staged > 0 ? report with { RowsLeft = 0 } : report;
        }

        var merged = (long)(await SqlText.Of($"""
            select count(*) from {tables.Log} where pipeline = $1 and partial and outcome = 'completed'
                and finished_at > (select finished_at from {tables.Log} where run_id = $2 and pipeline = $1)
            """).ScalarAsync(connection, token, SqlValue.Of(pipeline.Name), SqlValue.Of(runId)))!;
        List<StatusRows> statuses = await StatusesAsync(table, token);
        long rows = statuses.Sum(row => row.Rows);

        // How many rows partial runs leave is not known, but 'recon clear' takes the batches of finished runs from the ledger, too.
        bool isGone = merged == 0 ? rows != told.Counts.Staged
            : told.Counts.Read > 0 && (rows == 0 || !await HasBatchesAsync(pipeline, runId, token));
        if (isGone)
        {
            return report with { IsPublished = false, MergedSince = merged, RowsLeft = rows };
        }

        return report with
        {
            MergedSince = merged,
            Statuses = statuses,
            Changes = await StagedChanges.ReadAsync(connection, tables, pipeline, null, transitions, token),
            Parents = await ParentsAsync(pipeline, table, parents, token),
        };
    }

    private async Task<bool> HasBatchesAsync(ValidPipeline pipeline, Guid run, CancellationToken token) => (bool)(await SqlText.Of($"""
        select exists (select 1 from {tables.Ledger} where pipeline = $1 and run_id = $2)
        """).ScalarAsync(connection, token, SqlValue.Of(pipeline.Name), SqlValue.Of(run)))!;

    private Task<List<StatusRows>> StatusesAsync(SqlTable table, CancellationToken token) => SqlText.Of($"""
        select reconciliation_status, match_rule, match_confidence, count(*), count(*) filter (where properties_to_update <> jsonb_build_object())
        from {table} group by 1, 2, 3 order by 1, 4 desc, 2
        """).ListAsync(
            connection,
            row => new StatusRows(row.GetString(0), row.GetValue(1) as string, row.GetValue(2) as decimal?, row.GetInt64(3), row.GetInt64(4)),
            token);

    private async Task<IReadOnlyList<RejectedLike>> RejectsAsync(ValidPipeline pipeline, Guid run, int samples, CancellationToken token)
    {
        var rows = await SqlText.Of($"""
            select r.reason_code, r.column_name, count, r.source_file, r.line, r.message, left(r.raw_record, {MostRaw}), length(r.raw_record)
            from (
                select ctid as at, count(*) over (partition by reason_code, column_name) as count,
                    row_number() over (partition by reason_code, column_name order by batch, byte_offset, line) as place
                from {tables.Rejects} where pipeline = $1 and run_id = $2) numbered
            join {tables.Rejects} r on r.ctid = at
            where place <= greatest(1, $3) order by count desc, r.reason_code, r.column_name, place
            """).ListAsync(
                connection,
                row => (
                    Like: (Reason: row.GetString(0), Column: row.GetValue(1) as string, Records: row.GetInt64(2)),
                    Sample: new RejectSample(row.GetValue(3) as string, row.GetInt64(4), row.GetString(5), row.GetString(6), row.GetInt32(7))),
                token,
                SqlValue.Of(pipeline.Name),
                SqlValue.Of(run),
                SqlValue.Of(samples));
        return
        [
            .. rows.GroupBy(row => row.Like)
                .Select(like => new RejectedLike(like.Key.Reason, like.Key.Column, like.Key.Records, [.. like.Select(row => row.Sample)])),
        ];
    }

    private async Task<IReadOnlyList<MissingParents>> ParentsAsync(ValidPipeline pipeline, SqlTable table, int most, CancellationToken token)
    {
        List<MissingParents> all = [];
        foreach ((string lookup, string legacy, string hubspot) in StagingReader.ParentColumns(pipeline.Stage))
        {
            var ids = await SqlText.Of($"""
                select {new SqlName(legacy)}::text, count(*), count(*) over (), (sum(count(*)) over ())::bigint from {table}
                where {new SqlName(legacy)} is not null and {new SqlName(hubspot)} is null
                group by 1 order by 2 desc, 1 limit $1
                """).ListAsync(
                    connection, row => (Id: row.GetString(0), Records: row.GetInt64(1), AllIds: row.GetInt64(2), AllRecords: row.GetInt64(3)), token, SqlValue.Of(most));
            if (ids is [var first, ..])
            {
                all.Add(new MissingParents(lookup, [.. ids.Select(each => KeyValuePair.Create(each.Id, each.Records))], first.AllIds, first.AllRecords));
            }
        }

        return all;
    }

    // A batch of the ledger has the time at which it was committed.
    private Task<List<CommittedRecords>> CommittedAsync(ValidPipeline pipeline, Guid run, CancellationToken token) => SqlText.Of($"""
        with batches as (
            select extract(epoch from committed_at - min(committed_at) over ())::float8 as at, read,
                extract(epoch from max(committed_at) over () - min(committed_at) over ())::float8 / {Parts} as part, count(*) over () as batches
            from {tables.Ledger} where pipeline = $1 and run_id = $2 and batch > 0)
        select least(floor(at / part), {Parts} - 1) * part, part, sum(read)::bigint from batches
        where batches >= {LeastBatches} and part * {Parts} >= {LeastSeconds} group by 1, 2 order by 1
        """).ListAsync(
            connection, row => new CommittedRecords(row.GetDouble(0), row.GetDouble(1), row.GetInt64(2)), token, SqlValue.Of(pipeline.Name), SqlValue.Of(run));
}
