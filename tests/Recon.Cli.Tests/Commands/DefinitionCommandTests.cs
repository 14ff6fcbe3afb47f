using Recon.Cli.Tests.Support;
using Recon.Samples;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class DefinitionCommandTests
{
    [Fact]
    public async Task Graph_OfShippedDefinition_IsAsApproved()
    {
        CliRun run = await CliRun.OfAsync("graph", "--definition", DemoDatabase.Definition);

        Assert.Equal(0, run.ExitCode);
        await Golden.CheckAsync("graph.mmd", run.Out);
    }

    [Fact]
    public async Task Schema_IsTheShippedFile()
    {
        CliRun run = await CliRun.OfAsync("schema");

        string shipped = Path.Combine(Repository.Root, "docs", "pipeline.schema.json");
        Assert.Equal(await File.ReadAllTextAsync(shipped, TestContext.Current.CancellationToken), run.Out);
    }

    [Fact]
    public async Task Generate_WritesSampleAndItsFacts()
    {
        using TempFolder folder = new();

        CliRun run = await CliRun.OfAsync("generate", "--rows", "500", "--seed", "3", "--out", folder.Path);

        SampleFacts facts = await new SampleGenerator(new SampleOptions { Rows = 500, Seed = 3 }).CountAsync(TestContext.Current.CancellationToken);
        Assert.Equal(facts.ToMarkdown(), run.Out);
        Assert.True(File.Exists(folder.File("mirror.sql")));
        Assert.True(File.Exists(folder.File("Bronze_Communication.csv")));
    }
}
