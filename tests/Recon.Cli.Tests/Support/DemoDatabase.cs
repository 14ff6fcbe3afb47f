using Npgsql;
using Recon.Cli.Hosting;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>A database of its own with the demo mirror.</summary>
internal static class DemoDatabase
{
    /// <summary>The shipped definition.</summary>
    public static string Definition { get; } = Path.Combine(Repository.Root, "pipeline.json");

    /// <summary>Creates the database and loads the mirror.</summary>
    /// <param name="server">The server.</param>
    public static async Task<TestDatabase> CreateAsync(PostgresServer server)
    {
        TestDatabase database = await server.CreateDatabaseAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        await DemoMirror.EnsureAsync(source, _ => { }, TestContext.Current.CancellationToken);
        return database;
    }

    /// <summary>Runs recon with the shipped definition on the database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="args">The arguments.</param>
    public static Task<CliRun> ReconAsync(this TestDatabase database, params string[] args)
        => CliRun.OfAsync([.. args, "--definition", Definition, "--postgres", database.ConnectionString]);
}
