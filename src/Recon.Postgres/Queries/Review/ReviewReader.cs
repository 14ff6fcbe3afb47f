using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries.Review;

/// <summary>
/// Answers the questions of the page about the published result of one pipeline. Nothing is loaded whole: rows are counted by the server, in
/// groups of rows that are alike, which are kept until the result changes, and read in pages. Thread-safe.
/// </summary>
internal sealed class ReviewReader(RunContext context) : IDisposable
{
    /// <summary>Rows that a search counts at most.</summary>
    public const int MostFound = 10_000;

    private readonly StagingTables _tables = context.Tables;
    private readonly SemaphoreSlim _counting = new(1, 1);
    private Counted? _counted;

    public ValidPipeline Pipeline => context.Pipeline;

    /// <summary>Counts the records that a filter lets through, by facet.</summary>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public async Task<FacetCounts> FacetsAsync(ReviewFilter filter, CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        Counted counted = await CountAsync(connection, token);
        if (filter.Text is not { } text)
        {
            return counted.Counter.Count(filter) with { Withheld = counted.Withheld };
        }

        List<NpgsqlParameter> values = [];
        SqlText found = await FindAsync(connection, counted.Sql, text, values, token);
        SqlText some = SqlText.Of($"(select * from {counted.Sql.Table} t where {found} limit {MostFound + 1}) t");
        List<FacetGroup> groups = await new FacetReader(_tables, Pipeline, counted.Sql).ReadAsync(connection, some, [.. values], token);
        bool isCapped = groups.Sum(group => group.Records) > MostFound;
        return new FacetCounter(groups, context.Clock.GetUtcNow()).Count(filter with { Text = null }, isCapped);
    }

    /// <summary>Reads some of the records that a filter lets through, in the order of their legacy ids.</summary>
    /// <param name="after">The <see cref="ReviewPage.Next"/> of the page before; <see langword="null"/> for the first one.</param>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public async Task<ReviewPage> PageAsync(ReviewFilter filter, string? after, int size, CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        if (filter.Status == FacetCounter.Filtered || filter.Filter is not null)
        {
            return new ReviewPage([], null, "Records that a filter leaves out are counted, not kept. 'recon explain' tells of each of them from the file.");
        }

        if (filter.Status == FacetCounter.Rejected || filter.Reason?.StartsWith(ReviewReasons.Reject, StringComparison.Ordinal) == true)
        {
            return await RejectsAsync(connection, filter, after, size, token);
        }

        ReviewSql sql = await SqlAsync(connection, token);
        List<NpgsqlParameter> values = [];
        SqlText condition = sql.Condition(filter, values);
        SqlText found = filter.Text is { } text ? await FindAsync(connection, sql, text, values, token) : SqlText.Of($"true");
        SqlText start = after is { } key ? SqlText.Of($" and t.{sql.Key} > {ReviewSql.Next(values, SqlValue.Of(key))}") : SqlText.Of($"");
        List<ReviewRow> rows = await SqlText.Of($"""
            select {Shown(sql)} from {sql.Table} t where {condition} and {found}{start} order by t.{sql.Key} limit {size + 1}
            """).ListAsync(connection, Row, token, [.. values]);
        return rows.Count > size ? new ReviewPage(rows[..size], rows[size - 1].LegacyId) : new ReviewPage(rows, null);
    }

    /// <summary>Reads a staged record and compares it with its HubSpot record as the mirror has it now.</summary>
    /// <returns>The record; <see langword="null"/> when none is staged under the id.</returns>
    /// <exception cref="StagingException">There is no staging table.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    public async Task<ReviewedRecord?> RecordAsync(string legacyId, CancellationToken token)
        => await FindAsync(legacyId, token) is { } record ? await record.ReadAsync(token) : null;

    /// <summary>Reads the HubSpot records between which nothing decided, with what agrees and what differs.</summary>
    /// <returns>The candidates; empty for a record that has none.</returns>
    /// <exception cref="StagingException">There is no staging table.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    public async Task<IReadOnlyList<ReviewCandidate>> CandidatesAsync(string legacyId, CancellationToken token)
        => await FindAsync(legacyId, token) is { } record ? await record.CandidatesAsync(token) : [];

    /// <summary>Forgets what was counted: rows have changed.</summary>
    public void Forget() => _counted = null;

    public void Dispose() => _counting.Dispose();

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken token) => await context.Sources.Control.OpenConnectionAsync(token);

    private async Task<RecordReader?> FindAsync(string legacyId, CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        ReviewSql sql = await SqlAsync(connection, token);
        int last = 11 + Pipeline.Stage.Columns.Count;
        var found = await SqlText.Of($"select {Shown(sql)}, t.legacy_properties::text, t.run_id from {sql.Table} t where t.{sql.Key} = $1").ListAsync(
            connection, row => (Row: Row(row), Properties: row.GetString(last), Run: row.GetValue(last + 1) as Guid?), token, SqlValue.Of(legacyId));
        if (found is not [var one])
        {
            return null;
        }

        var comparison = await StagedComparison.OpenAsync(connection, context.Request.Definition, Pipeline, context.Request.BaseDirectory, token);
        return new RecordReader(context, comparison, one.Row, one.Properties, one.Run);
    }

    // Ids first: both have an index, and who types one wants that record.
    private async Task<SqlText> FindAsync(NpgsqlConnection connection, ReviewSql sql, string text, List<NpgsqlParameter> values, CancellationToken token)
    {
        string trimmed = text.Trim();
        string id = LegacyId.TryCanonicalise(Encoding.UTF8.GetBytes(trimmed), Pipeline.Csv.IdType, out ReadOnlySpan<byte> canonical, out _)
            ? Encoding.UTF8.GetString(CanonicalForm.Uniform(canonical, new Utf8Scratch()))
            : trimmed;
        long hubspot = long.TryParse(trimmed, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : -1;
        bool isId = (bool)(await SqlText.Of($"""
            select exists (select from {sql.Table} t where t.{sql.Key} = $1) or exists (select from {sql.Table} t where t.{sql.HubspotId} = $2)
            """).ScalarAsync(connection, token, SqlValue.Of(id), SqlValue.Of(hubspot)))!;
        return isId
            ? SqlText.Of($"(t.{sql.Key} = {ReviewSql.Next(values, SqlValue.Of(id))} or t.{sql.HubspotId} = {ReviewSql.Next(values, SqlValue.Of(hubspot))})")
            : sql.Contains(trimmed, values);
    }

    private async Task<ReviewPage> RejectsAsync(NpgsqlConnection connection, ReviewFilter filter, string? after, int size, CancellationToken token)
    {
        string[] at = (after ?? "").Split('.');
        long[] key = at is [var batch, var offset, var line] && long.TryParse(batch, out long first) && long.TryParse(offset, out long second) && long.TryParse(line, out long third)
            ? [first, second, third] : [-1, -1, -1];
        string? reason = filter.Reason?[ReviewReasons.Reject.Length..];
        bool isNone = filter is { Reason: { } given } && !given.StartsWith(ReviewReasons.Reject, StringComparison.Ordinal)
            || filter.Status is not (null or FacetCounter.Rejected)
            || filter with { Status = null, Reason = null, Text = null } != ReviewFilter.All;
        if (isNone || await PublishedRunAsync(connection, token) is not { } run)
        {
            return new ReviewPage([], null);
        }

        var rows = await SqlText.Of($"""
            select source_file, line, column_name, reason_code, message, raw_record, batch, byte_offset from {_tables.Rejects}
            where pipeline = $1 and run_id = $2 and ($3::text is null or reason_code = $3) and (batch, byte_offset, line) > ($4, $5, $6)
                and ($7::text is null or position(lower($7) in lower(raw_record)) > 0)
            order by batch, byte_offset, line limit {size + 1}
            """).ListAsync(
                connection,
                row => (
                    Row: new ReviewRow(null, FacetCounter.Rejected, null, null, null, [], [], null, row.GetValue(0) as string, row.GetInt64(1), false)
                    {
                        Reject = new RowReject(row.GetString(3), row.GetValue(2) as string, row.GetString(4), row.GetString(5)),
                    },
                    Key: string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(6)}.{row.GetInt64(7)}.{row.GetInt64(1)}")),
                token,
                SqlValue.Of(Pipeline.Name),
                SqlValue.Of(run),
                SqlValue.Of(reason),
                SqlValue.Of(key[0]),
                SqlValue.Of(key[1]),
                SqlValue.Of(key[2]),
                SqlValue.Of(filter.Text));
        return rows.Count > size
            ? new ReviewPage([.. rows.Take(size).Select(row => row.Row)], rows[size - 1].Key)
            : new ReviewPage([.. rows.Select(row => row.Row)], null);
    }

    // The columns of a row in a list: what Row reads.
    private SqlText Shown(ReviewSql sql) => SqlText.Of($"""
        t.{sql.Key}, t.reconciliation_status, t.{sql.HubspotId}, t.match_rule, t.match_confidence, t.properties_to_update::text, t.previous_values::text,
        t.notes, t.source_file, t.source_line, {sql.Decided}{SqlText.Join("", Pipeline.Stage.Columns.Select(column => SqlText.Of($", t.{new SqlName(column.Name)}::text")))}
        """);

    private ReviewRow Row(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetValue(2) as long?,
        row.GetValue(3) as string,
        row.GetValue(4) as decimal?,
        [.. Pipeline.Stage.Columns.Select((column, index) => KeyValuePair.Create(column.Name, row.GetValue(11 + index) as string))],
        Changes(row.GetString(5), row.GetString(6)),
        row.GetValue(7) as string,
        row.GetValue(8) as string,
        row.GetValue(9) as long?,
        row.GetBoolean(10));

    private static List<StagedChange> Changes(string updates, string previous)
    {
        using JsonDocument changes = JsonDocument.Parse(updates);
        using JsonDocument held = JsonDocument.Parse(previous);
        return
        [
            .. changes.RootElement.EnumerateObject().Select(change => new StagedChange(
                change.Name,
                held.RootElement.TryGetProperty(change.Name, out JsonElement old) ? NullIfEmpty(old.GetString()) : null,
                NullIfEmpty(change.Value.GetString()))),
        ];
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private async Task<Counted> CountAsync(NpgsqlConnection connection, CancellationToken token)
    {
        string state = await StateAsync(connection, token);
        await _counting.WaitAsync(token);
        try
        {
            if (_counted is { } known && known.State == state)
            {
                return known;
            }

            ReviewSql sql = await SqlAsync(connection, token);
            LoggedRun? run = await RunAsync(connection, token);
            var reader = new FacetReader(_tables, Pipeline, sql);
            List<FacetGroup> groups = await reader.ReadAsync(connection, SqlText.Of($"{sql.Table} t"), [], token);
            groups.AddRange(await reader.ReadNotStagedAsync(connection, run is null ? null : Guid.Parse(run.RunId), run?.Counts, token));
            return _counted = new Counted(state, sql, new FacetCounter(groups, context.Clock.GetUtcNow()),
                run is null ? [] : [.. run.Counts.KeptBack.OrderByDescending(each => each.Value)]);
        }
        finally
        {
            _counting.Release();
        }
    }

    // What the rows are of: the partition that holds them, the runs that were merged into it, and the decisions that were applied.
    private async Task<string> StateAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await new StagingReader(connection, _tables).RequireAsync(_tables.Published(Pipeline.Stage), token);
        return (string)(await SqlText.Of($"""
            select coalesce((select string_agg(i.inhrelid::text, ',' order by i.inhrelid) from pg_inherits i where i.inhparent = to_regclass($1)), '') || '/'
                || (select count(*) from {_tables.Log} where pipeline = $2 and outcome = 'completed')
            """).ScalarAsync(connection, token, SqlValue.Of(_tables.Rows(Pipeline.Stage).ToString()), SqlValue.Of(Pipeline.Name)))!;
    }

    private async Task<ReviewSql> SqlAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await new StagingReader(connection, _tables).RequireAsync(_tables.Published(Pipeline.Stage), token);
        SqlTable decisions = _tables.Table("reconciliation_decisions");
        return new ReviewSql(
            _tables, Pipeline, [.. Pipeline.Diff.Properties.Select(property => property.Property).Distinct(StringComparer.Ordinal)],
            await MirrorCatalog.ExistsAsync(connection, decisions, token) ? decisions : null);
    }

    private async Task<LoggedRun?> RunAsync(NpgsqlConnection connection, CancellationToken token)
        => await new StagingReader(connection, _tables).RunAsync(Pipeline, SqlText.Of($"outcome = 'completed' and not partial order by started_at desc"), token);

    private async Task<Guid?> PublishedRunAsync(NpgsqlConnection connection, CancellationToken token)
        => await SqlText.Of($"select run_id from {_tables.Log} where pipeline = $1 and outcome = 'completed' and not partial order by started_at desc limit 1")
            .ScalarAsync(connection, token, SqlValue.Of(Pipeline.Name)) is Guid run ? run : null;

    private sealed record Counted(string State, ReviewSql Sql, FacetCounter Counter, IReadOnlyList<KeyValuePair<string, long>> Withheld);
}
