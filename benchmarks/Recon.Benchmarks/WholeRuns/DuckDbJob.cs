using DuckDB.NET.Data;
using Npgsql;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>
/// The same job by DuckDB, in a process of its own: the mirror out of PostgreSQL by COPY while DuckDB reads the export, one step
/// after the other in DuckDB, the result back by COPY on two connections, then key and indexes, as many at a time as recon makes.
/// </summary>
/// <param name="bronze">The export.</param>
/// <param name="folder">An empty folder for what goes from one to the other.</param>
/// <param name="connectionString">The server, as Npgsql keywords.</param>
internal sealed class DuckDbJob(string bronze, string folder, string connectionString)
{
    private const string Format = "(format csv, delimiter E'\\t', quote E'\\x02', escape E'\\x02', encoding 'UTF8')";

    /// <summary>The version of the native library.</summary>
    /// <exception cref="Exception">It cannot be loaded; of which type depends on the reason.</exception>
    public static string Version()
    {
        using DuckDBConnection duck = Open();
        return duck.ServerVersion;
    }

    /// <summary>Runs it.</summary>
    public async Task RunAsync(CancellationToken token)
    {
        string staged = Path.Combine(folder, "staged");
        using (DuckDBConnection duck = Open())
        {
            await Task.WhenAll(
                Task.Run(() => Execute(duck, "duckdb-read.sql"), token),
                OutAsync([Engagements], token),
                OutAsync([Parents("companies", "company"), Parents("contacts", "contact"), Parents("deals", "deal")], token));
            await Task.Run(() => Execute(duck, "duckdb-reconcile.sql"), token);
        }

        await ExecuteAsync(EmbeddedText.Read("Sql.duckdb-table.sql"), token);
        string[] files = [.. Directory.EnumerateFiles(staged).OrderByDescending(file => new FileInfo(file).Length)];
        await Task.WhenAll(InAsync(files.Where((_, at) => at % 2 == 0), token), InAsync(files.Where((_, at) => at % 2 == 1), token));
        const string memory = "set maintenance_work_mem = '256MB'; ";
        await Task.WhenAll(
            ExecuteAsync(memory + "alter table bench.staged add primary key (legacy_communication_id)", token),
            ExecuteAsync(memory + "create index on bench.staged (hubspot_engagement_id)", token));
        await ExecuteAsync(
            memory + "create index on bench.staged (reconciliation_status, last_updated desc) where reconciliation_status <> 'matched'", token);
        await ExecuteAsync(EmbeddedText.Read("Sql.publish.sql"), token);
    }

    private static (string Name, string Query) Engagements { get; } = (
        "engagements",
        """
        select hs_object_id, icalps_communication_id, hs_engagement_subject, hs_note_body, hs_timestamp, hs_engagement_type,
            hs_engagement_status, hs_call_direction
        from hubspot.engagements where not archived and icalps_communication_id is not null
        """);

    private static (string Name, string Query) Parents(string table, string one) => (
        table,
        $"select hs_object_id, icalps_{one}_id from hubspot.{table} where not archived and icalps_{one}_id is not null");

    private static DuckDBConnection Open()
    {
        var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        return duck;
    }

    private void Execute(DuckDBConnection duck, string script)
    {
        using DuckDBCommand command = duck.CreateCommand();
#pragma warning disable CA2100 // Statements of this project; the paths are those of this process.
        command.CommandText = EmbeddedText.Read($"Sql.{script}").Replace("{bronze}", Quoted(bronze), StringComparison.Ordinal)
            .Replace("{folder}", Quoted(folder), StringComparison.Ordinal);
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static string Quoted(string path) => path.Replace("'", "''", StringComparison.Ordinal);

    private async Task OutAsync((string Name, string Query)[] tables, CancellationToken token)
    {
        await using NpgsqlConnection connection = await ConnectAsync(token);
        foreach ((string name, string query) in tables)
        {
            using var rows = (NpgsqlCopyTextReader)await connection.BeginTextExportAsync($"copy ({query}) to stdout (format csv)", token);
            await using FileStream file = File.Create(Path.Combine(folder, $"{name}.csv"));
            await rows.BaseStream.CopyToAsync(file, 128 * 1024, token);
        }
    }

    private async Task InAsync(IEnumerable<string> files, CancellationToken token)
    {
        await using NpgsqlConnection connection = await ConnectAsync(token);
        foreach (string path in files)
        {
            await using FileStream file = File.OpenRead(path);
            await using NpgsqlCopyTextWriter rows = await connection.BeginTextImportAsync(
                "copy bench.staged (legacy_communication_id, hubspot_engagement_id, legacy_type, legacy_subject, legacy_datetime, "
                + "legacy_company_id, hubspot_company_id, legacy_contact_id, hubspot_contact_id, legacy_deal_id, hubspot_deal_id, "
                + "legacy_values, properties_to_update, previous_values, reconciliation_status, match_confidence, match_rule, notes) "
                + $"from stdin {Format}", token);
            await file.CopyToAsync(rows.BaseStream, 128 * 1024, token);
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken token)
    {
        await using NpgsqlConnection connection = await ConnectAsync(token);
#pragma warning disable CA2100 // Statements of this project.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(token);
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken token)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(token);
        return connection;
    }
}
