using System.Globalization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Postgres.Embedded;
using Recon.Samples;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>
/// A private server with the mirror, and the export beside it, kept below <c>artifacts/benchmarks</c> for the next time.
/// Generated without malformed records, at which PostgreSQL's own COPY would stop.
/// </summary>
internal sealed class Workbench : IAsyncDisposable
{
    private const string BronzeName = "Bronze_Communication.csv";

    private readonly EmbeddedPostgres _server;
    private readonly bool _copied;

    private Workbench(EmbeddedPostgres server, string connectionString, string folder, CpuClock clock, bool copied = false)
        => (_server, ConnectionString, Folder, Clock, _copied) = (server, connectionString, folder, clock, copied);

    /// <summary>How to connect, as Npgsql keywords.</summary>
    public string ConnectionString { get; }

    /// <summary>The folder of the export and of the definitions.</summary>
    public string Folder { get; }

    /// <summary>The server's CPU clock.</summary>
    public CpuClock Clock { get; }

    /// <summary>The server's version.</summary>
    public string ServerVersion => _server.Version;

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The communications file.</summary>
    public string Bronze => Path.Combine(Folder, BronzeName);

    /// <summary>Starts the server; makes export and mirror unless they are there.</summary>
    public static async Task<Workbench> OpenAsync(long rows, Action<string> log, CancellationToken token)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"rows_{rows}");
        string home = Path.Combine(Root, "artifacts", "benchmarks");
        string folder = Path.Combine(home, name);
        EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(home, "server"), Logger = new LineLogger(log, quiet: false) }, token);
        try
        {
            // It would clean up after one run at the cost of the next, by chance.
            await ExecuteAsync(server.ConnectionString, "alter system set autovacuum = off", token);
            await ExecuteAsync(server.ConnectionString, "select pg_reload_conf()", token);
            CpuClock clock = await CpuClock.OfServerAsync(server.ConnectionString, token);
            var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name, CommandTimeout = 0 };
            var generator = new SampleGenerator(new SampleOptions { Rows = rows, Malformed = false });
            if (!File.Exists(Path.Combine(folder, "expected.json")))
            {
                log($"Generating {rows} communications and what belongs to them.");
                await generator.WriteAsync(folder, token);
            }

            if (!await ExistsAsync(server.ConnectionString, name, token))
            {
                log("Loading the mirror.");
                await LoadAsync(server.ConnectionString, settings.ConnectionString, name, folder, token);
            }

            return new Workbench(server, settings.ConnectionString, folder, clock);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs statements on a connection of their own.</summary>
    public async Task ExecuteAsync(string sql, CancellationToken token) => await ExecuteAsync(ConnectionString, sql, token);

    /// <summary>Asks for a number.</summary>
    public async Task<long> CountAsync(string sql, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(token);
#pragma warning disable CA2100 // Statements of this project.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync(token))!;
    }

    /// <summary>A copy of mirror and export without results of the tool, to be changed; an older one of the name is replaced.</summary>
    /// <param name="name">What the copy is called.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The copy, which is dropped with its last user, and this workbench's server stays.</returns>
    public async Task<Workbench> CopyAsync(string name, CancellationToken token)
    {
        var settings = new NpgsqlConnectionStringBuilder(ConnectionString);
        string original = settings.Database!;
        settings.Database = $"{original}_{name}";
        string folder = Path.Combine(Folder, name);
        NpgsqlConnection.ClearAllPools();
        await ExecuteAsync(_server.ConnectionString, $"drop database if exists {settings.Database} with (force)", token);
        await ExecuteAsync(_server.ConnectionString, $"create database {settings.Database} template {original} strategy file_copy", token);
        var copy = new Workbench(_server, settings.ConnectionString, folder, Clock, copied: true);
        await copy.ExecuteAsync("drop schema if exists staging cascade; drop schema if exists bench cascade; vacuum analyze".Split(';'), token);
        Directory.CreateDirectory(folder);
        File.Copy(Bronze, copy.Bronze, overwrite: true);
        return copy;
    }

    /// <summary>Leaves the server, which then stops; of a copy, drops it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_copied)
        {
            await _server.DisposeAsync();
            return;
        }

        NpgsqlConnection.ClearAllPools();
        string name = new NpgsqlConnectionStringBuilder(ConnectionString).Database!;
        await ExecuteAsync(_server.ConnectionString, $"drop database if exists {name} with (force)", CancellationToken.None);
        Directory.Delete(Folder, recursive: true);
    }

    private async Task ExecuteAsync(IEnumerable<string> statements, CancellationToken token)
    {
        foreach (string statement in statements)
        {
            await ExecuteAsync(statement, token);
        }
    }

    private static async Task<bool> ExistsAsync(string connectionString, string name, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(token);
        await using var command = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection)
        {
            Parameters = { new() { Value = name } },
        };
        return await command.ExecuteScalarAsync(token) is not null;
    }

    // Loaded under another name, so that a kill leaves nothing that looks finished.
    private static async Task LoadAsync(string server, string target, string name, string folder, CancellationToken token)
    {
        var loading = new NpgsqlConnectionStringBuilder(target) { Database = name + "_loading", Pooling = false };
        await ExecuteAsync(server, $"drop database if exists {loading.Database}", token);
        await ExecuteAsync(server, $"create database {loading.Database}", token);
        await using (var connection = new NpgsqlConnection(loading.ConnectionString))
        {
            await connection.OpenAsync(token);
            await ExecuteAsync(connection, MirrorSchema.CreateSql, token);
            foreach (SampleTable table in MirrorSchema.Tables)
            {
                await using FileStream file = File.OpenRead(Path.Combine(folder, table.FileName));
                await using NpgsqlCopyTextWriter copy = await connection.BeginTextImportAsync(table.CopySql, token);
                await file.CopyToAsync(copy.BaseStream, 128 * 1024, token);
            }

            await ExecuteAsync(connection, MirrorSchema.IndexSql, token);
        }

        await ExecuteAsync(server, $"alter database {loading.Database} rename to {name}", token);
        await ExecuteAsync(target, "vacuum analyze", token);
        await ExecuteAsync(target, "checkpoint", token);
    }

    private static async Task ExecuteAsync(string connectionString, string sql, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(token);
        await ExecuteAsync(connection, sql, token);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken token)
    {
#pragma warning disable CA2100 // Statements of this project; the database's name is made of a number.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(token);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Recon.Dataflow.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException(
            "Recon.Dataflow.sln is in no folder above this program. Run it with dotnet run inside the repository.");
    }
}
