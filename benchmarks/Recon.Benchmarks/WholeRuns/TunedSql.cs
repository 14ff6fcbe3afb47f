using Npgsql;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>The same job as set-based SQL: unlogged load, one scan in parallel, key and indexes afterwards, then publication.</summary>
/// <param name="bench">The server and the export.</param>
internal sealed class TunedSql(Workbench bench)
{
    private const string Copy = "copy bench.bronze from stdin with (format csv, header, encoding 'UTF8')";

    /// <summary>Runs it.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>What it cost.</returns>
    public Task<Measured> RunAsync(CancellationToken token) => Measured.OfAsync(bench.Clock, async () =>
    {
        await using var connection = new NpgsqlConnection(bench.ConnectionString);
        await connection.OpenAsync(token);
        await ExecuteAsync(connection, "tuned-load.sql", token);
        await using (FileStream file = File.OpenRead(bench.Bronze))
        {
            await using NpgsqlCopyTextWriter copy = await connection.BeginTextImportAsync(Copy, token);
            await file.CopyToAsync(copy.BaseStream, 128 * 1024, token);
        }

        await ExecuteAsync(connection, "tuned-transform.sql", token);
        await ExecuteAsync(connection, "publish.sql", token);
    });

    /// <summary>Compares what both left.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The number of records on which they disagree.</returns>
    public Task<long> DifferencesAsync(CancellationToken token) => bench.CountAsync(EmbeddedText.Read("Sql.compare.sql"), token);

    /// <summary>Drops what the SQL made on its way. Its result stays, for the next run to replace, as the tool's does.</summary>
    /// <param name="token">Cancels it.</param>
    public Task TidyAsync(CancellationToken token) => bench.ExecuteAsync(
        "drop table if exists bench.bronze, bench.repeated, bench.doubles, bench.companies, bench.contacts, bench.deals, bench.again", token);

    /// <summary>Drops everything that the SQL made.</summary>
    /// <param name="token">Cancels it.</param>
    public Task DropAsync(CancellationToken token) => bench.ExecuteAsync("drop schema if exists bench cascade", token);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string name, CancellationToken token)
    {
#pragma warning disable CA2100 // Statements of this project.
        await using var command = new NpgsqlCommand(EmbeddedText.Read($"Sql.{name}"), connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(token);
    }
}
