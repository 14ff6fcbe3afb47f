using Recon.Cli.Generate;
using Recon.Cli.Tests.Generate;
using Recon.Cli.Tests.Support;

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

        string shipped = Path.Combine(SampleFiles.Root, "docs", "pipeline.schema.json");
        Assert.Equal(await File.ReadAllTextAsync(shipped, SampleFiles.Token), run.Out);
    }

    [Fact]
    public async Task Help_OfRun_IsAsApproved()
    {
        CliRun run = await CliRun.OfAsync("run", "--help");

        await Golden.CheckAsync("run-help.txt", string.Join('\n', run.Out.Split(Environment.NewLine).Select(line => line.TrimEnd())));
    }

    [Fact]
    public async Task Generate_WritesSampleAndItsFacts()
    {
        string folder = Directory.CreateTempSubdirectory("recon-test").FullName;

        CliRun run = await CliRun.OfAsync("generate", "--rows", "500", "--seed", "3", "--out", folder);

        SampleFacts facts = await new SampleGenerator(new SampleOptions { Rows = 500, Seed = 3 }).CountAsync(SampleFiles.Token);
        Assert.Equal(facts.ToMarkdown(), run.Out);
        Assert.True(File.Exists(Path.Combine(folder, "mirror.sql")));
        Assert.True(File.Exists(Path.Combine(folder, "Bronze_Communication.csv")));
    }
}
