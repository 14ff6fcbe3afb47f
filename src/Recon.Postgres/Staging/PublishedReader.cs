using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>
/// Reads a pipeline's published result for an export, in ordinal order of legacy ids, as one state of the table.
/// </summary>
internal sealed class PublishedReader : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly SqlTable _table;
    private readonly StageBlockDefinition _stage;
    private readonly ObjectDefinition? _object;
    private readonly string _objectColumn;
    private readonly IReadOnlyList<string> _typeProperties;
    private readonly string _status;
    private IReadOnlyList<OtherClaims> _others = [];

    private PublishedReader(
        NpgsqlConnection connection, NpgsqlTransaction transaction, SqlTable table, ValidPipeline pipeline, string status)
    {
        (_connection, _transaction, _table, _stage, _object, _status)
            = (connection, transaction, table, pipeline.Stage, pipeline.ObjectByColumn, status);
        _typeProperties = pipeline.TypeProperties;
        SourceColumns columns = PipelineColumns.Of(pipeline).Source;
        _objectColumn = _object?.From is { } from ? columns.Names[columns.IndexOf(from)] : "";
    }

    /// <summary>The runs that the result is of: the last one of the whole input, before it those merged into it since.</summary>
    public IReadOnlyList<PublishedRun> Runs { get; private set; } = [];

    /// <summary>
    /// Matched records with changes that are left out because another matched record has the same HubSpot id: which of
    /// the two should win is for people to decide.
    /// </summary>
    public long Shared { get; private set; }

    /// <summary>Matched records with changes that are left out because another pipeline claims their HubSpot records, by pipeline.</summary>
    public IReadOnlyList<(string Pipeline, long Records)> ClaimedElsewhere { get; private set; } = [];

    /// <summary>Pipelines whose claims are not known, because their results may not be read.</summary>
    public IReadOnlyList<string> Unread { get; private init; } = [];

    /// <summary>The records that <see cref="ClaimedElsewhere"/> counts; each once.</summary>
    public long GivenWay { get; private set; }

    /// <param name="status">The status of the records to read.</param>
    /// <exception cref="StagingException">There is no result.</exception>
    public static async Task<PublishedReader> OpenAsync(
        NpgsqlDataSource source,
        ValidDefinition definition,
        ValidPipeline pipeline,
        string status,
        CancellationToken cancellationToken)
    {
        var tables = new StagingTables(definition.Staging.Schema);
        SqlTable table = tables.Published(pipeline.Stage);
        NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
            if (!await MirrorCatalog.ExistsAsync(connection, table, cancellationToken))
            {
                throw new StagingException($"{table.Display} does not exist. 'recon run {pipeline.Name}' creates it.");
            }

            OtherClaims[] others = status == "matched" ? [.. OtherClaims.Of(definition, pipeline)] : [];
            bool?[] published = new bool?[others.Length];
            for (int index = 0; index < others.Length; index++)
            {
                published[index] = await others[index].IsPublishedAsync(connection, cancellationToken);
            }

            OtherClaims[] readable = [.. others.Where((_, index) => published[index] == true)];
#pragma warning disable CA2000 // The reader disposes it.
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead, cancellationToken);
#pragma warning restore CA2000

            // The locks come before the snapshot: one that is older than a publication would see a part of its result.
            await SqlText.Of($"set transaction read only").ExecuteAsync(connection, cancellationToken);
            foreach (SqlTable read in readable.Select(other => other.Table).Prepend(table))
            {
                await SqlText.Of($"lock table {read} in access share mode").ExecuteAsync(connection, cancellationToken);
            }

            var reader = new PublishedReader(connection, transaction, table, pipeline, status)
            {
                _others = readable,
                Unread = [.. others.Where((_, index) => published[index] is null).Select(other => other.Pipeline)],
            };
            reader.Shared = (long)(await SqlText.Of(
                $"select count(*) from {table} t where {Wanted()} and {reader.IsShared()}")
                .ScalarAsync(connection, cancellationToken, SqlValue.Of(status)))!;
            await reader.CountOthersAsync(cancellationToken);
            reader.Runs = await reader.ReadRunsAsync(tables, pipeline, cancellationToken);
            return reader;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the records. Once only.</summary>
    /// <returns>The records; matched ones only with changes.</returns>
    public async IAsyncEnumerable<ReconciledRecord> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using NpgsqlCommand command = SqlText.Of($"""
            select {new SqlName(_stage.LegacyId)}, {new SqlName(_stage.HubspotId)}, properties_to_update::text,
                previous_values::text, match_confidence, reconciliation_status, trim(legacy_properties ->> $2)
            from {_table} t where {Wanted()} and not {IsShared()}{NotElsewhere()}
            order by {new SqlName(_stage.LegacyId)} collate "C"
            """).On(_connection, SqlValue.Of(_status), SqlValue.Of(_objectColumn));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Record(reader);
        }
    }

    /// <summary>Reads the parents that the matched records name, with or without changes; those of <see cref="ReadAsync"/> that are left out are so here.</summary>
    public async IAsyncEnumerable<StagedParent> ReadParentsAsync(
        IReadOnlyList<ParentColumns> columns, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using NpgsqlCommand command = SqlText.Of($"""
            select t.{new SqlName(_stage.LegacyId)}, t.{new SqlName(_stage.HubspotId)}, trim(t.legacy_properties ->> $2), t.match_confidence, p.lookup, p.parent,
                exists (select 1 from unnest($3) o (name) where t.properties_to_update ->> o.name <> '' and t.previous_values ->> o.name <> '')
            from {_table} t cross join lateral ({SqlText.Join(" union all ", columns.Select(each => each.Rows()))}) as p (lookup, parent)
            where t.reconciliation_status = $1 and t.{new SqlName(_stage.HubspotId)} is not null and not {IsShared()}{NotElsewhere()}
            """).On(_connection, SqlValue.Of("matched"), SqlValue.Of(_objectColumn), SqlValue.Of([.. _typeProperties]));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new StagedParent(
                reader.GetString(0),
                reader.GetInt64(1),
                reader[2] is string told ? _object?.Map.GetValueOrDefault(told) : null,
                reader[3] as decimal?,
                reader.GetString(4),
                reader[5] is string parent && long.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : null)
            {
                IsOtherType = reader.GetBoolean(6),
            };
        }
    }

    /// <summary>Names some of the HubSpot records of <see cref="Shared"/>, with the legacy ids that are matched with each.</summary>
    public Task<List<(long HubspotId, string[] LegacyIds)>> NameSharedAsync(int limit, CancellationToken cancellationToken) => SqlText.Of($"""
        select t.{new SqlName(_stage.HubspotId)}, array_agg(t.{new SqlName(_stage.LegacyId)} order by t.{new SqlName(_stage.LegacyId)} collate "C") from {_table} t
        where t.reconciliation_status = 'matched' and t.{new SqlName(_stage.HubspotId)} in (
            select t.{new SqlName(_stage.HubspotId)} from {_table} t where {Wanted()} and {IsShared()})
        group by 1 order by 1 limit {limit}
        """).ListAsync(_connection, row => (row.GetInt64(0), row.GetFieldValue<string[]>(1)), cancellationToken, SqlValue.Of(_status));

    /// <summary>Counts the matched records, with or without changes.</summary>
    public async Task<long> CountMatchedAsync(CancellationToken cancellationToken)
        => (long)(await SqlText.Of($"select count(*) from {_table} where reconciliation_status = 'matched'").ScalarAsync(_connection, cancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private async Task CountOthersAsync(CancellationToken cancellationToken)
    {
        List<(string Pipeline, long Records)> claimed = [];
        foreach (OtherClaims other in _others)
        {
            claimed.Add((other.Pipeline, await CountAsync(other.GivesWay(), cancellationToken)));
        }

        ClaimedElsewhere = [.. claimed.Where(each => each.Records > 0)];
        GivenWay = ClaimedElsewhere is [] or [_] ? ClaimedElsewhere.Sum(each => each.Records)
            : await CountAsync(SqlText.Of($"({SqlText.Join(" or ", _others.Select(other => other.GivesWay()))})"), cancellationToken);
    }

    private async Task<long> CountAsync(SqlText condition, CancellationToken cancellationToken)
        => (long)(await SqlText.Of($"select count(*) from {_table} t where {Wanted()} and not {IsShared()} and {condition}")
            .ScalarAsync(_connection, cancellationToken, SqlValue.Of(_status)))!;

    private async Task<IReadOnlyList<PublishedRun>> ReadRunsAsync(
        StagingTables tables, ValidPipeline pipeline, CancellationToken cancellationToken)
    {
        if (!await MirrorCatalog.ExistsAsync(_connection, tables.Log, cancellationToken))
        {
            return [];
        }

        await using NpgsqlCommand command = SqlText.Of($"""
            select run_id, started_at, input_files, input_fingerprint, partial, details::text from {tables.Log}
            where pipeline = $1 and outcome = 'completed' order by finished_at desc
            """).On(_connection, SqlValue.Of(pipeline.Name));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        var runs = new List<PublishedRun>();
        bool isWhole = false;
        while (!isWhole && await reader.ReadAsync(cancellationToken))
        {
            runs.Add(new PublishedRun(
                reader.GetGuid(0),
                new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero),
                await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2),
                reader.GetString(3),
                CountsJson.ReadWarnings(reader.GetString(5))));
            isWhole = !reader.GetBoolean(4);
        }

        return runs;
    }

    private ReconciledRecord Record(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.IsDBNull(1) ? null : reader.GetInt64(1),
        Values(reader.GetString(2)).ToDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal),
        Values(reader.GetString(3)).ToDictionary(StringComparer.Ordinal),
        reader.IsDBNull(4) ? null : reader.GetDecimal(4),
        reader.GetString(5))
    {
        ObjectType = reader.IsDBNull(6) ? null : _object?.Map.GetValueOrDefault(reader.GetString(6)),
    };

    private SqlText NotElsewhere() => SqlText.Join("", _others.Select(other => SqlText.Of($" and not {other.GivesWay()}")));

    private static SqlText Wanted()
        => SqlText.Of($"t.reconciliation_status = $1 and ($1 <> 'matched' or t.properties_to_update <> jsonb_build_object())");

    private SqlText IsShared() => SqlText.Of($"""
        ($1 = 'matched' and exists (select 1 from {_table} o where o.{new SqlName(_stage.HubspotId)} = t.{new SqlName(_stage.HubspotId)}
            and o.{new SqlName(_stage.LegacyId)} <> t.{new SqlName(_stage.LegacyId)} and o.reconciliation_status = 'matched'))
        """);

    private static IEnumerable<KeyValuePair<string, string?>> Values(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            yield return KeyValuePair.Create(
                property.Name, property.Value.ValueKind == JsonValueKind.Null ? null : property.Value.ToString());
        }
    }
}

/// <param name="InputFiles">The files it read; <see langword="null"/> for a run of an earlier version.</param>
/// <param name="Warnings">What it warned of, the most important first.</param>
internal sealed record PublishedRun(Guid Id, DateTimeOffset StartedAt, string? InputFiles, string InputFingerprint, IReadOnlyList<string> Warnings);
