using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Library;

[Trait("Category", "Sweep")]
public sealed class ExampleTests(PostgresServer server)
{
    [Fact(Explicit = true)]
    public async Task Examples_OnTheSample_FindWhatTheReadmeSays()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        string one = await RunAsync(database, "reconcile-companies.cs");
        string all = await RunAsync(database, "reconcile-all.cs");
        string custom = await RunAsync(database, "custom-conversion.cs");
        string source = await RunAsync(database, "own-source.cs");
        string sink = await RunAsync(database, "own-lookup-and-sink.cs");

        Assert.Contains("Total: 300\nMatched: 255, of which 94 have changes\nUnmatched: 24\nRejected: 8\n", one, StringComparison.Ordinal);
        Assert.Contains("communications: Completed, 10000 read, 8756 matched, 3093 with changes", all, StringComparison.Ordinal);
        Assert.Contains(" SARL -> ", custom, StringComparison.Ordinal);
        Assert.StartsWith("Completed: ", source, StringComparison.Ordinal);
        Assert.Contains(": name = Company ", source, StringComparison.Ordinal);
        Assert.EndsWith("Completed: 4 read, 2 matched, 2 with changes\n", sink, StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(TestDatabase database, string example)
    {
        (int code, string output, string error) = await DotnetTool.RunAsync(
            "dotnet",
            Repository.Root,
            new() { ["RECON_POSTGRES"] = database.ConnectionString },
            "run", "-c", "Release", Path.Combine("docs", "examples", example));
        Assert.True(code == 0, output + error);
        return output.ReplaceLineEndings("\n");
    }
}
