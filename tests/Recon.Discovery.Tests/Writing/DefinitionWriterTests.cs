using System.Globalization;
using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Values.Choice;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;
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

    // What a column with few values holds may be names of people. Only what HubSpot compares as an enumeration is none.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task NewFile_ColumnWithFewValues_IsInTheTestOnlyAsAnEnumeration(bool isEnumeration)
    {
        PipelineProposal sample = Proposals.Sample;
        PipelineProposal proposal = sample with
        {
            File = sample.File with
            {
                Columns =
                [
                    .. sample.File.Columns.Select(column => column.Name != "Addr_City" ? column
                        : column with { Kind = Proposals.Sure(ColumnKind.Enumeration), Frequent = [new ValueCount("Genoveva", 20), new ValueCount("Balthasar", 19)] }),
                ],
            },
            Properties =
            [
                Proposals.Property(
                    new() { Property = "firstname", Column = "Addr_City", Required = true, Compare = isEnumeration ? new EnumerationComparisonDefinition() : null }, 255, 250),
            ],
        };

        PipelineDraft draft = await PipelineDraft.MakeAsync(proposal, new WriterSettings { Name = "contacts", Path = "a.csv", Folder = "/data" }, TestContext.Current.CancellationToken);

        string text = DefinitionWriter.NewFile(draft);
        Assert.Contains("\"tests\"", text, StringComparison.Ordinal);
        Assert.Equal(isEnumeration, text.Contains("Genoveva", StringComparison.Ordinal) || text.Contains("Balthasar", StringComparison.Ordinal));
    }

    // A comment that becomes a line must name the same column; what turns the direction of text must be seen.
    [Fact]
    public async Task NewFile_UnusualNames_AreWrittenAsTheyAreOrEscaped()
    {
        PipelineProposal sample = Proposals.Sample;
        PipelineProposal proposal = sample with
        {
            Properties =
            [
                Proposals.Property(new() { Property = "name", Column = "Name\u202Exyz", Required = true }, 255, 250) with { Evidence = "\u202Ebackwards" },
                Proposals.Property(new() { Property = "state", Column = "City 🏙\u200F" }, 12, 4) with { IsActive = false, IsCertain = false, Evidence = "some" },
            ],
        };

        PipelineDraft draft = await PipelineDraft.MakeAsync(proposal, new WriterSettings { Name = "contacts", Path = "a.csv", Folder = "/data" }, TestContext.Current.CancellationToken);

        string text = DefinitionWriter.NewFile(draft);
        Assert.Contains("// { \"property\": \"state\", \"column\": \"City \\uD83C\\uDFD9\\u200F\" }", text, StringComparison.Ordinal);
        Assert.Contains("\"column\": \"Name\\u202Exyz\"", text, StringComparison.Ordinal);
        Assert.Contains("\\u202Ebackwards", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text.EnumerateRunes(), rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format);
    }

    internal static Task<PipelineDraft> DraftAsync(string name)
        => name == "sample"
            ? PipelineDraft.MakeAsync(Proposals.Sample, new WriterSettings { Name = "companies", Path = "Bronze_Company.csv", Folder = "/data", Schema = "docs/pipeline.schema.json" }, TestContext.Current.CancellationToken)
            : PipelineDraft.MakeAsync(Proposals.French, new WriterSettings { Name = "affaires", Path = "../exports/Opportunités 2026.csv", Folder = "/data", Postgres = "env:RECON_POSTGRES" }, TestContext.Current.CancellationToken);
}
