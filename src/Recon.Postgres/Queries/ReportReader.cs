using System.Data;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>Reads what a report shows of a pipeline, as one state of the staging schema.</summary>
internal sealed class ReportReader(NpgsqlConnection connection, StagingTables tables)
{
    /// <summary>Characters of a rejected record that are read.</summary>
    private const int MostRaw = 500;

    private readonly StagingReader _reader = new(connection, tables);

    /// <param name="run">The run to tell of; <see langword="null"/> for the one whose result is published, else the latest.</param>
    /// <param name="limits">How much is read.</param>
    public async Task<ReportedPipeline> ReadAsync(ValidPipeline pipeline, Guid? run, ReportLimits limits, CancellationToken token)
    {
        ReportedPipeline report = await ReadRunAsync(pipeline, run, limits, token);
        if (report.Run is null || report.Former is null)
        {
            return report;
        }

        if (!limits.Compares)
        {
            return report with { NotCompared = "It was not asked for (--no-compare)." };
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

    private async Task<ReportedPipeline> ReadRunAsync(ValidPipeline pipeline, Guid? run, ReportLimits limits, CancellationToken token)
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

        await SortMemory.GrantAsync(connection, token);

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
            Rejects = await RejectsAsync(pipeline, runId, limits.Samples, token),
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
            Changes = new StagedChanges(
                pipeline.Name,
                statuses.Where(row => row.Status == "matched").Sum(row => row.Rows),
                statuses.Where(row => row.Status == "matched").Sum(row => row.WithChanges),
                await StagedChanges.PropertiesAsync(connection, table, pipeline.Stage, null, limits.Transitions, token)),
            Parents = await ParentsAsync(pipeline, table, limits.Parents, token),
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

    // One scan for all lookups.
    private async Task<IReadOnlyList<MissingParents>> ParentsAsync(ValidPipeline pipeline, SqlTable table, int most, CancellationToken token)
    {
        (string Lookup, string Legacy, string Hubspot)[] lookups = [.. StagingReader.ParentColumns(pipeline.Stage)];
        if (lookups.Length == 0)
        {
            return [];
        }

        SqlText ids = SqlText.Join(
            ", ", lookups.Select((each, index) => SqlText.Of($"({index}, case when t.{new SqlName(each.Hubspot)} is null then t.{new SqlName(each.Legacy)}::text end)")));
        SqlText isMissing = SqlText.Join(
            " or ", lookups.Select(each => SqlText.Of($"(t.{new SqlName(each.Hubspot)} is null and t.{new SqlName(each.Legacy)} is not null)")));
        var missing = await SqlText.Of($"""
            select lookup, id, records, all_ids, all_records from (
                select lookup, id, count(*) as records, count(*) over whole as all_ids, (sum(count(*)) over whole)::int8 as all_records,
                    row_number() over (partition by lookup order by count(*) desc, id) as place
                from {table} t, lateral (values {ids}) parent (lookup, id)
                where ({isMissing}) and id is not null group by 1, 2 window whole as (partition by lookup)) placed
            where place <= $1 order by lookup, place
            """).ListAsync(
                connection,
                row => (Lookup: row.GetInt32(0), Id: row.GetString(1), Records: row.GetInt64(2), AllIds: row.GetInt64(3), AllRecords: row.GetInt64(4)),
                token,
                SqlValue.Of(Math.Max(1, most)));
        return
        [
            .. missing.GroupBy(id => id.Lookup).Select(of => new MissingParents(
                lookups[of.Key].Lookup, [.. of.Take(most).Select(id => KeyValuePair.Create(id.Id, id.Records))], of.First().AllIds, of.First().AllRecords)),
        ];
    }
}
