using System.Globalization;
using System.Text;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries.Review;

/// <summary>
/// Answers the questions of the page about the published result of one pipeline. Nothing is loaded whole: rows are counted by the server, in
/// groups of rows that are alike, which are kept until the result changes, and read in pages. Thread-safe.
/// </summary>
internal sealed class ReviewReader : IDisposable
{
    /// <summary>Rows that a search counts at most.</summary>
    public const int MostFound = 10_000;

    /// <summary>Rows that a page may have to look through by their keys; where it would be more, all that match are found first, and their ids kept.</summary>
    private const long MostRead = 50_000;

    /// <summary>Rows of a page of the list: also who asks for one record gets it out of the same list.</summary>
    private const long PageRows = 25;

    /// <summary>Most ids that are kept for a filter, and most filters for which they are.</summary>
    private const int MostKept = 20_000;
    private const int MostLists = 8;

    /// <summary>Records that disagree whose rows are read from the file at a time.</summary>
    private const int MostConflicts = 500;

    /// <summary>Counting that takes longer is done beside, after a decision; and not again before so many times as long have passed.</summary>
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(200);
    private const int Pause = 20;

    private readonly RunContext _context;
    private readonly StagingTables _tables;
    private readonly SharedWork<Counted> _counting;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly List<KeptIds> _lists = [];
    private Conflicts? _conflicts;
    private Drawn? _drawn;
    private Counted? _counted;
    private Task? _recount;

    public ReviewReader(RunContext context)
    {
        _context = context;
        _tables = context.Tables;
        _counting = new SharedWork<Counted>(CountNowAsync, _context.Clock);
    }

    public ValidPipeline Pipeline => _context.Pipeline;

    /// <summary>Counts the records that a filter lets through, by facet.</summary>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public async Task<FacetCounts> FacetsAsync(ReviewFilter filter, CancellationToken token)
    {
        (Counted counted, ResultState state) = await CountAsync(token);
        if (filter.Text is not { } text)
        {
            return counted.Counter.Count(filter) with { Withheld = counted.Withheld, IsOutdated = counted.State != state };
        }

        await using NpgsqlConnection connection = await OpenAsync(token);
        // Where few records hold the text, those with other values of what is chosen are counted, too; else only those that are listed.
        List<FacetGroup> groups = await FoundAsync(connection, counted.Sql, ReviewFilter.All, text, token);
        if (groups.Sum(group => group.Records) > MostFound && filter with { Text = null } != ReviewFilter.All)
        {
            groups = await FoundAsync(connection, counted.Sql, filter, text, token);
        }

        bool isCapped = groups.Sum(group => group.Records) > MostFound;
        Guid? run = await PublishedRunAsync(connection, token);
        groups.AddRange(await new FacetReader(_tables, Pipeline, counted.Sql).ReadRejectedAsync(connection, run, text, token));
        return new FacetCounter(groups, _context.Clock.GetUtcNow()).Count(filter with { Text = null }, isCapped);
    }

    /// <summary>Reads some of the records that a filter lets through, in the order of their legacy ids.</summary>
    /// <param name="after">The <see cref="ReviewPage.Next"/> of the page before; <see langword="null"/> for the first one.</param>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public async Task<ReviewPage> PageAsync(ReviewFilter filter, string? after, int size, CancellationToken token)
    {
        if (filter.Status == FacetCounter.Filtered || filter.Filter is not null)
        {
            return new ReviewPage([], null, "Records that a filter leaves out are counted, not kept. 'recon explain' tells of each of them from the file.");
        }

        if (filter.Status == FacetCounter.Rejected || filter.Reason?.StartsWith(ReviewReasons.Reject, StringComparison.Ordinal) == true)
        {
            await using NpgsqlConnection rejects = await OpenAsync(token);
            return await RejectsAsync(rejects, filter, after, size, token);
        }

        if (filter.Text is null && filter.Status is null or "matched" && await IdsAsync(filter, token) is { } ids)
        {
            return await PageAsync(ids, after, size, token);
        }

        await using NpgsqlConnection connection = await OpenAsync(token);
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

    /// <summary>The staged records by status, rule and confidence, with their number; the largest first.</summary>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public async Task<IReadOnlyList<(ReviewFilter Stratum, long Records)>> StrataAsync(CancellationToken token)
    {
        return (await CountAsync(token)).Counted.Counter.Strata();
    }

    /// <summary>Draws records of a filter in an order that is random, and the same for the same seed: whoever takes them in this order has a random sample.</summary>
    /// <param name="most">Most records.</param>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public async Task<IReadOnlyList<string>> DrawAsync(ReviewFilter filter, long seed, int most, CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        ResultState state = await StateAsync(connection, token);
        if (_drawn is { } known && known.Filter == filter && known.Seed == seed && known.State.Result == state.Result)
        {
            return known.Ids;
        }

        ReviewSql sql = await SqlAsync(connection, token);
        List<NpgsqlParameter> values = [SqlValue.Of(seed)];
        SqlText condition = sql.Condition(filter, values);
        string[] ids = [.. await SqlText.Of($"select t.{sql.Key} from {sql.Table} t where {condition} order by hashtextextended(t.{sql.Key}, $1), t.{sql.Key} limit {most}")
            .ListAsync(connection, row => row.GetString(0), token, [.. values])];
        _drawn = new Drawn(filter, seed, state, ids);
        return ids;
    }

    /// <summary>The run whose result is published, with what it counted; <see langword="null"/> for none.</summary>
    public async Task<LoggedRun?> PublishedAsync(CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        return await MirrorCatalog.ExistsAsync(connection, _tables.Log, token) ? await RunAsync(connection, token) : null;
    }

    /// <summary>Reads a staged record and compares it with its HubSpot record as the mirror has it now.</summary>
    /// <returns>The record; <see langword="null"/> when none is staged under the id.</returns>
    /// <exception cref="StagingException">There is no staging table.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    public async Task<ReviewedRecord?> RecordAsync(string legacyId, CancellationToken token)
    {
        if (await FindAsync([legacyId], token) is not (_, [var record]))
        {
            return null;
        }

        ReviewedRecord read = await record.ReadAsync(token);
        await using NpgsqlConnection connection = await OpenAsync(token);
        return read.Row.SourceLine is { } line && await RunAsync(connection, token) is { } run
            ? read with { Source = await new SourceRows(_context).ReadAsync(connection, legacyId, Guid.Parse(run.RunId), run.Fingerprints.Input, read.Row.SourceFile, line, token) }
            : read;
    }

    /// <summary>Compares records with the HubSpot records that they may be, or with given ones: the mirror is asked once.</summary>
    /// <param name="hubspotIds">What to compare with; <see langword="null"/> for the candidates of each.</param>
    /// <returns>The records that are staged, in the order of their ids.</returns>
    /// <exception cref="StagingException">There is no staging table.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    public async Task<IReadOnlyList<ComparedRecord>> CompareAsync(IReadOnlyCollection<string> legacyIds, IReadOnlyList<long>? hubspotIds, CancellationToken token)
    {
        (StagedComparison comparison, List<RecordReader> records) = await FindAsync(legacyIds, token);
        using LookupAnswer answer = await comparison.ReadAsync(_context.Sources, [.. records.SelectMany(record => hubspotIds ?? record.Candidates).Distinct()], token);
        return [.. records.Select(record => new ComparedRecord(record.Row, record.Compare(hubspotIds ?? record.Candidates, answer), record.Hash))];
    }

    /// <summary>Reads the rows of the file that disagree about a record. The file is read once for many records that follow each other.</summary>
    /// <exception cref="StagingException">There is no staging table.</exception>
    public async Task<SourceRowSet> ConflictAsync(string legacyId, CancellationToken token)
    {
        // One after the other, without a connection while the file is read.
        await _reading.WaitAsync(token);
        try
        {
            ResultState state = await StateAsync(token);
            if (_conflicts is not { } known || known.State.Result != state.Result || !known.Asked.Contains(legacyId))
            {
                HashSet<string> asked = [legacyId];
                string? fingerprint;
                await using (NpgsqlConnection connection = await OpenAsync(token))
                {
                    ReviewSql sql = await SqlAsync(connection, token);
                    asked.UnionWith(await SqlText.Of($"""
                        select t.{sql.Key} from {sql.Table} t where t.reconciliation_status = 'conflict' and t.{sql.Key} > $1 order by t.{sql.Key} limit {MostConflicts}
                        """).ListAsync(connection, row => row.GetString(0), token, SqlValue.Of(legacyId)));
                    fingerprint = (await RunAsync(connection, token))?.Fingerprints.Input;
                }

                _conflicts = known = new Conflicts(state, asked, await new SourceRows(_context).FindAsync(asked, fingerprint, token));
            }

            return known.Rows.GetValueOrDefault(legacyId) ?? SourceRowSet.None("The file does not hold the record any more.");
        }
        catch (InputException exception)
        {
            return SourceRowSet.None(exception.Message);
        }
        finally
        {
            _reading.Release();
        }
    }

    // The ids that match where a page would have to look through many rows for them; null where it has not.
    private async Task<string[]?> IdsAsync(ReviewFilter filter, CancellationToken token)
    {
        (Counted counted, ResultState state) = await CountAsync(token);
        FacetCounts counts = counted.Counter.Count(filter);
        if (counts.Records > MostKept || (counts.Records > 0 && PageRows * counts.All / counts.Records <= MostRead) || counts.All <= MostRead)
        {
            return null;
        }

        if (counts.Records == 0 && counted.State == state)
        {
            return [];
        }

        var key = new KeptIds(filter, state, []);
        lock (_lists)
        {
            if (_lists.Find(list => list.Filter == filter && list.State == state) is { } kept)
            {
                return kept.Ids;
            }
        }

        await using NpgsqlConnection connection = await OpenAsync(token);
        List<NpgsqlParameter> values = [];
        SqlText condition = counted.Sql.Condition(filter, values);
        string[] ids = [.. await SqlText.Of($"select k.id from (select t.{counted.Sql.Key} as id from {counted.Sql.Table} t where {condition} limit {MostKept + 1}) k order by k.id")
            .ListAsync(connection, row => row.GetString(0), token, [.. values])];
        if (ids.Length > MostKept)
        {
            return null;
        }

        lock (_lists)
        {
            _lists.RemoveAll(list => list.State != state);
            _lists.Insert(0, key with { Ids = ids });
            _lists.RemoveRange(Math.Min(MostLists, _lists.Count), Math.Max(0, _lists.Count - MostLists));
        }

        return ids;
    }

    private async Task<ReviewPage> PageAsync(string[] ids, string? after, int size, CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        ReviewSql sql = await SqlAsync(connection, token);

        // The order is the server's, which nobody else knows: what is not in the list has its place there as well.
        int at = after is null ? -1 : Array.IndexOf(ids, after);
        string[] wanted = after is null || at >= 0 ? [.. ids.Skip(at + 1).Take(size + 1)] : ids;
        List<ReviewRow> rows = await SqlText.Of($"""
            select {Shown(sql)} from {sql.Table} t where t.{sql.Key} = any($1) and ($2::text is null or t.{sql.Key} > $2) order by t.{sql.Key} limit {size + 1}
            """).ListAsync(connection, Row, token, SqlValue.Of(wanted), SqlValue.Of(after));
        return rows.Count > size ? new ReviewPage(rows[..size], rows[size - 1].LegacyId) : new ReviewPage(rows, null);
    }

    public void Dispose()
    {
        _reading.Dispose();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken token) => await _context.Sources.Review.OpenConnectionAsync(token);

    private async Task<(StagedComparison Comparison, List<RecordReader> Records)> FindAsync(IReadOnlyCollection<string> legacyIds, CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        ReviewSql sql = await SqlAsync(connection, token);
        int last = 11 + Pipeline.Stage.Columns.Count;
        var comparison = await StagedComparison.OpenAsync(connection, _context.Request.Definition, Pipeline, _context.Request.BaseDirectory, token);
        return (comparison, await SqlText.Of($"""
            select {Shown(sql)}, t.legacy_properties::text, t.run_id from {sql.Table} t where t.{sql.Key} = any($1) order by t.{sql.Key}
            """).ListAsync(
                connection,
                row => new RecordReader(_context, comparison, Row(row), row.GetString(last), row.GetValue(last + 1) as Guid?),
                token,
                SqlValue.Of([.. legacyIds])));
    }

    // The groups of the records that hold a text, of so many records as a search counts.
    private async Task<List<FacetGroup>> FoundAsync(NpgsqlConnection connection, ReviewSql sql, ReviewFilter filter, string text, CancellationToken token)
    {
        List<NpgsqlParameter> values = [];
        SqlText condition = sql.Condition(filter, values);
        SqlText found = await FindAsync(connection, sql, text, values, token);
        SqlText some = SqlText.Of($"(select * from {sql.Table} t where {condition} and {found} limit {MostFound + 1}) t");
        return await new FacetReader(_tables, Pipeline, sql).ReadAsync(connection, some, [.. values], token);
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
            select source_file, line, message, raw_record, batch, byte_offset from {_tables.Rejects}
            where pipeline = $1 and run_id = $2 and ($3::text is null or reason_code = $3) and (batch, byte_offset, line) > ($4, $5, $6)
                and ($7::text is null or position(lower($7) in lower(raw_record)) > 0)
            order by batch, byte_offset, line limit {size + 1}
            """).ListAsync(
                connection,
                row => (
                    Row: new ReviewRow(null, FacetCounter.Rejected, null, null, null, [], [], null, row.GetValue(0) as string, row.GetInt64(1), false)
                    {
                        Reject = new RowReject(row.GetString(2), row.GetString(3)),
                    },
                    Key: string.Create(CultureInfo.InvariantCulture, $"{row.GetInt64(4)}.{row.GetInt64(5)}.{row.GetInt64(1)}")),
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

    // What was counted, and what there is now. After a decision the former counts are told at once where counting takes its time.
    private async Task<(Counted Counted, ResultState State)> CountAsync(CancellationToken token)
    {
        ResultState state = await StateAsync(token);
        if (_counted is { } known && known.State.Result == state.Result)
        {
            if (known.State.LastDecision == state.LastDecision)
            {
                return (known, state);
            }

            if (known.Took > s_quick)
            {
                CountBeside(known);
                return (known, state);
            }
        }

        // What is being counted already may be of what was there before; what is counted next is not.
        Counted counted = await _counting.WaitAsync(token);
        return (counted.State == state ? counted : await _counting.WaitAsync(token), state);
    }

    // What fails is tried again when somebody asks the next time.
    private void CountBeside(Counted known)
    {
        lock (_lists)
        {
            if (_recount is { IsCompleted: false } || _context.Clock.GetUtcNow() - known.Counter.CountedAt < Pause * known.Took)
            {
                return;
            }

            _recount = _counting.WaitAsync(CancellationToken.None);
        }
    }

    // A decision that comes between the state and the rows is counted again, as the state is another one then.
    private async Task<Counted> CountNowAsync(CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        ResultState state = await StateAsync(connection, token);
        if (_counted is { } known && known.State == state)
        {
            return known;
        }

        long started = _context.Clock.GetTimestamp();
        DateTimeOffset at = _context.Clock.GetUtcNow();
        ReviewSql sql = await SqlAsync(connection, token);
        LoggedRun? run = await RunAsync(connection, token);
        var reader = new FacetReader(_tables, Pipeline, sql);
        List<FacetGroup> groups = await reader.ReadAsync(connection, SqlText.Of($"{sql.Table} t"), [], token);
        groups.AddRange(await reader.ReadNotStagedAsync(connection, run is null ? null : Guid.Parse(run.RunId), run?.Counts, token));
        return _counted = new Counted(
            state,
            sql,
            new FacetCounter(groups, at),
            run is null ? [] : [.. run.Counts.KeptBack.OrderByDescending(each => each.Value)],
            _context.Clock.GetElapsedTime(started));
    }

    private async Task<ResultState> StateAsync(CancellationToken token)
    {
        await using NpgsqlConnection connection = await OpenAsync(token);
        return await StateAsync(connection, token);
    }

    // What the rows are of: the partition that holds them, its file, which a cleared table has another of, the runs that were merged into it,
    // and the decisions that were applied.
    private async Task<ResultState> StateAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await new StagingReader(connection, _tables).RequireAsync(_tables.Published(Pipeline.Stage), token);
        SqlTable events = _tables.DecisionHistory;
        SqlText last = await MirrorCatalog.ExistsAsync(connection, events, token) ? SqlText.Of($"(select coalesce(max(id), 0) from {events} where pipeline = $2)") : SqlText.Of($"0::bigint");
        return (await SqlText.Of($"""
            select coalesce((select string_agg(i.inhrelid || '.' || pg_relation_filenode(i.inhrelid), ',' order by i.inhrelid) from pg_inherits i
                where i.inhparent in (to_regclass($1), to_regclass($3))), '') || '/'
                || (select count(*) from {_tables.Log} where pipeline = $2 and outcome = 'completed'), {last}
            """).ListAsync(
                connection,
                row => new ResultState(row.GetString(0), row.GetInt64(1)),
                token,
                SqlValue.Of(_tables.Rows(Pipeline.Stage).ToString()),
                SqlValue.Of(Pipeline.Name),
                SqlValue.Of(_tables.Published(Pipeline.Stage).ToString())))[0];
    }

    private async Task<ReviewSql> SqlAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await new StagingReader(connection, _tables).RequireAsync(_tables.Published(Pipeline.Stage), token);
        SqlTable decisions = _tables.Decisions;
        return new ReviewSql(
            _tables, Pipeline, [.. Pipeline.Diff.Properties.Select(property => property.Property).Distinct(StringComparer.Ordinal)],
            await MirrorCatalog.ExistsAsync(connection, decisions, token) ? decisions : null);
    }

    private async Task<LoggedRun?> RunAsync(NpgsqlConnection connection, CancellationToken token)
        => await new StagingReader(connection, _tables).RunAsync(Pipeline, SqlText.Of($"outcome = 'completed' and not partial order by started_at desc"), token);

    private async Task<Guid?> PublishedRunAsync(NpgsqlConnection connection, CancellationToken token)
        => await SqlText.Of($"select run_id from {_tables.Log} where pipeline = $1 and outcome = 'completed' and not partial order by started_at desc limit 1")
            .ScalarAsync(connection, token, SqlValue.Of(Pipeline.Name)) is Guid run ? run : null;

    private sealed record ResultState(string Result, long LastDecision);

    private sealed record Counted(
        ResultState State, ReviewSql Sql, FacetCounter Counter, IReadOnlyList<KeyValuePair<string, long>> Withheld, TimeSpan Took);

    private sealed record Conflicts(ResultState State, IReadOnlySet<string> Asked, IReadOnlyDictionary<string, SourceRowSet> Rows);

    private sealed record Drawn(ReviewFilter Filter, long Seed, ResultState State, IReadOnlyList<string> Ids);

    private sealed record KeptIds(ReviewFilter Filter, ResultState State, string[] Ids);
}
