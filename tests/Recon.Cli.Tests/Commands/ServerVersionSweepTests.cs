using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Postgres.Embedded;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The shipped sample on the server that is installed here and on the one that npm provides, side by side.</summary>
public sealed class ServerVersionSweepTests(ITestOutputHelper output) : IDisposable
{
    private static readonly string[] s_tables = ["companies", "contacts", "deals", "communications"];

    private readonly string _folder = Path.Combine(Path.GetTempPath(), "recon-versions-" + Guid.NewGuid().ToString("N"));

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Recon_OnInstalledAndDownloadedServer_PublishesTheSame()
    {
        List<(string Version, string Content)> seen = [];
        foreach (bool downloaded in (bool[])[true, false])
        {
            EmbeddedPostgresOptions options = new() { DataDirectory = $"{_folder}-{downloaded}", MaxConnections = 50 };
            await using EmbeddedPostgres? server = await StartAsync(
                downloaded ? options with { Environment = WithoutPostgres, KnownPlaces = () => [] } : options with { AllowDownload = false });
            Assert.SkipWhen(server is null, "One of the two servers cannot be had here: the output says why.");
            seen.Add((server.Version, await RunAsync(server)));
        }

        output.WriteLine(string.Join(" and ", seen.Select(one => one.Version)));
        Assert.SkipWhen(seen[0].Version == seen[1].Version, $"Both servers are {seen[0].Version}: nothing else is installed here.");
        Assert.True(seen[0].Content == seen[1].Content, $"{seen[0].Version} and {seen[1].Version} publish different content.");
    }

    public void Dispose()
    {
        foreach (string folder in Directory.EnumerateDirectories(Path.GetTempPath(), Path.GetFileName(_folder) + "*"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<EmbeddedPostgres?> StartAsync(EmbeddedPostgresOptions options)
    {
        try
        {
            return await EmbeddedPostgres.StartAsync(options, TestContext.Current.CancellationToken);
        }
        catch (EmbeddedPostgresException absent)
        {
            output.WriteLine(absent.Message);
            return null;
        }
    }

    // As on a machine without PostgreSQL, but with npm.
    private static string? WithoutPostgres(string name) => name is "PATH" or "RECON_PG_BIN" ? null : Environment.GetEnvironmentVariable(name);

    // All that is published, by a first run and by one that replaces its result.
    private static async Task<string> RunAsync(EmbeddedPostgres server)
    {
        await using var database = new TestDatabase(server.ConnectionString, server.ConnectionString, "postgres", ownServer: true);
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(server.ConnectionString);
        await DemoMirror.EnsureAsync(source, _ => { }, TestContext.Current.CancellationToken);
        string first = "";
        foreach (string command in (string[])["check", "run", "run"])
        {
            CliRun run = await database.ReconAsync(command);
            Assert.True(run.ExitCode == 0, $"recon {command} on {server.Version}:\n{run.Error}");
            string content = command == "check" ? "" : await ReadAsync(database);
            Assert.True(first.Length == 0 || content == first, $"The second run on {server.Version} published something else.");
            first = content;
        }

        return first;
    }

    private static async Task<string> ReadAsync(TestDatabase database)
    {
        List<string?> parts = [];
        foreach (string table in s_tables)
        {
            parts.Add(await database.QueryValueAsync<string>($"""
                select string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, e'\n' order by source_line, t::text collate "C")
                from staging.{table}_reconciliation t
                """));
        }

        parts.Add(await database.QueryValueAsync<string>("""
            select string_agg((to_jsonb(r) - 'run_id')::text, e'\n' order by pipeline, byte_offset, line) from staging.reconciliation_rejects r
            """));
        Assert.DoesNotContain(null, parts);
        return string.Join("\n\n", parts);
    }
}
