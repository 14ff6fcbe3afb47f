using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Discovery.Writing;
using Recon.Testing;

namespace Recon.Discovery.Tests.Writing;

public sealed class DefinitionWriterTests
{
    [Theory]
    [InlineData("sample")]
    [InlineData("french")]
    public async Task NewFile_ProposalByHand_IsAsApproved(string name)
    {
        string text = DefinitionWriter.NewFile(await DraftAsync(name));

        string path = Path.Combine(Repository.Root, "tests", "Recon.Discovery.Tests", "Approved", $"definition-{name}.json");
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, text);
        }

        Assert.Equal(await File.ReadAllTextAsync(path), text);
    }

    [Theory]
    [InlineData("sample")]
    [InlineData("french")]
    public async Task NewFile_ProposalByHand_IsValidAndItsTestPasses(string name)
    {
        string text = DefinitionWriter.NewFile(await DraftAsync(name));

        DefinitionReading reading = DefinitionReader.Parse(Encoding.UTF8.GetBytes(text), "pipeline.json");
        Assert.Empty(reading.Problems);
        DefinitionTestResult result = Assert.Single(await new DefinitionTests(reading.Definition!, ".").RunAsync(reading.Definition!.Pipelines, TestContext.Current.CancellationToken));
        Assert.True(result.Passed, string.Join('\n', result.Differences));
    }

    internal static Task<PipelineDraft> DraftAsync(string name)
        => name == "sample"
            ? PipelineDraft.MakeAsync(Proposals.Sample, new WriterSettings { Name = "companies", Path = "Bronze_Company.csv", Folder = "/data", Schema = "docs/pipeline.schema.json" }, TestContext.Current.CancellationToken)
            : PipelineDraft.MakeAsync(Proposals.French, new WriterSettings { Name = "affaires", Path = "../exports/Opportunités 2026.csv", Folder = "/data", Postgres = "env:RECON_POSTGRES" }, TestContext.Current.CancellationToken);
}
