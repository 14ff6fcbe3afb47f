using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

/// <summary>
/// Reads a pipeline's published result for an export, in ordinal order of legacy ids, as one state of the table.
/// </summary>
internal sealed class StagedUpdateReader : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlTransaction _transaction;
    private readonly SqlTable _table;
    private readonly StageBlockDefinition _stage;
    private readonly string _status;

    private StagedUpdateReader(
        NpgsqlConnection connection, NpgsqlTransaction transaction, SqlTable table, StageBlockDefinition stage, string status)
        => (_connection, _transaction, _table, _stage, _status) = (connection, transaction, table, stage, status);

    /// <summary>
    /// Matched records with changes that are left out because another matched record has the same HubSpot id: which of
    /// the two should win is for people to decide.
    /// </summary>
    public long Shared { get; private set; }

    /// <summary>Opens the result.</summary>
    /// <param name="status">The status of the records to read.</param>
    /// <exception cref="StagingException">There is no result.</exception>
    public static async Task<StagedUpdateReader> OpenAsync(
        NpgsqlDataSource source,
        StagingTables tables,
        ValidPipeline pipeline,
        string status,
        CancellationToken cancellationToken)
    {
        SqlTable table = tables.Published(pipeline.Stage);
        NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        try
        {
#pragma warning disable CA2000 // The reader disposes it.
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(
                System.Data.IsolationLevel.RepeatableRead, cancellationToken);
#pragma warning restore CA2000
            await SqlText.Of($"set transaction read only").ExecuteAsync(connection, cancellationToken);
            if (await SqlText.Of($"select to_regclass($1)::text")
                .ScalarAsync(connection, cancellationToken, SqlValue.Of(table.ToString())) is null)
            {
                throw new StagingException($"{table.Display} does not exist. 'recon run {pipeline.Name}' makes it.");
            }

            var reader = new StagedUpdateReader(connection, transaction, table, pipeline.Stage, status);
            reader.Shared = (long)(await SqlText.Of(
                $"select count(*) from {table} t where {Wanted()} and {reader.IsShared()}")
                .ScalarAsync(connection, cancellationToken, SqlValue.Of(status)))!;
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
                previous_values::text, match_confidence, reconciliation_status
            from {_table} t where {Wanted()} and not {IsShared()}
            order by {new SqlName(_stage.LegacyId)} collate "C"
            """).On(_connection, SqlValue.Of(_status));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Record(reader);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static ReconciledRecord Record(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.IsDBNull(1) ? null : reader.GetInt64(1),
        Values(reader.GetString(2)).ToDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal),
        Values(reader.GetString(3)).ToDictionary(StringComparer.Ordinal),
        reader.IsDBNull(4) ? null : reader.GetDecimal(4),
        reader.GetString(5));

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
