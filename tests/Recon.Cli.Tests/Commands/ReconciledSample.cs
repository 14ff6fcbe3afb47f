using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The shipped sample, reconciled and loaded as bronze tables, once for all tests of a class.</summary>
public sealed class ReconciledSample(PostgresServer server) : IAsyncLifetime
{
    internal static string[] Pipelines { get; } = ["companies", "contacts", "deals", "communications"];

    internal TestDatabase Database { get; private set; } = null!;

    /// <summary>A folder for files that commands write.</summary>
    internal string Folder { get; } = Directory.CreateTempSubdirectory("recon-sample-").FullName;

    /// <summary>What <c>recon load</c> said, by pipeline.</summary>
    internal Dictionary<string, JsonElement> Loaded { get; } = [];

    public async ValueTask InitializeAsync()
    {
        Database = await DemoDatabase.CreateAsync(server);
        CliRun run = await Database.ReconAsync("run", "--quiet");
        Assert.True(run.ExitCode == 0, run.Error);
        foreach (string pipeline in Pipelines)
        {
            CliRun load = await Database.ReconAsync("load", pipeline, "--json");
            Assert.True(load.ExitCode == 0, load.Error);
            using JsonDocument document = JsonDocument.Parse(load.Out);
            Loaded[pipeline] = document.RootElement.Clone();
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Database.DisposeAsync();
    }
}
