using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Postgres.Checks;

namespace Recon.Cli.Tests.Commands;

public sealed class FindingsTextTests
{
    [Fact]
    public void Draw_FindingsOfTwoPipelines_AreGroupedAndSaidOnce()
        => Assert.Equal(
            """
            deals:
            p.json:1:2: $.a: warning: key: It is slow.

            contacts:
            p.json:1:2: $.a: warning: key: It is slow.


            """.ReplaceLineEndings("\n"),
            FindingsText.Draw(new CheckReport([Of("deals", "It is slow."), Of("contacts", "It is slow."), Of("deals", "It is slow.")]).Findings, 80));

    [Fact]
    public void Draw_NoTerminal_IsAFindingOnALine()
        => Assert.Equal(
            "p.json:1:2: $.a: warning: key: It is slow.\np.json:1:2: $.a: warning: key: It is slow.\n",
            FindingsText.Draw([Of("deals", "It is slow."), Of("contacts", "It is slow.")], null));

    [Fact]
    public void Draw_Narrow_BreaksBetweenWordsOnly()
    {
        string message = string.Join(' ', Enumerable.Repeat("a_word_of_some_length", 12));

        string[] lines = FindingsText.Draw([Of("deals", message)], 40).Split('\n');

        Assert.All(lines, line => Assert.InRange(line.Length, 0, 40));
        Assert.Equal(Of("deals", message).ToString(), string.Join(' ', lines[1..^2].Select(line => line.Trim())));
    }

    [Theory]
    [InlineData("failed", true)]
    [InlineData("completed", false)]
    public void Draw_AccountOfRun_SaysWhetherNothingWasPublished(string outcome, bool said)
        => Assert.Equal(
            said,
            RunSummary.Draw([new RunReport("deals", null, outcome, new BatchCounts { Read = 3 }, TimeSpan.FromSeconds(1), null, null)], null)
                .Contains("deals: nothing was published; these are the counts of the attempt\n", StringComparison.Ordinal));

    [Theory]
    [InlineData(5, true)]
    [InlineData(1, false)]
    public void Samples_FewerThanValues_SaysHowMany(long count, bool said)
    {
        var counts = new BatchCounts { KeptBack = new() { ["name/newest"] = count } };
        counts.Withheld.Add(new WithheldSample("name", "newest", "7", "a", "b"));

        Assert.Equal(
            said,
            WithheldText.Samples("deals", counts, 20, mask: false, null).Contains($"(first 1 different sample of {count} values)\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Show_WithoutPipeline_NamesThoseThereAreAndExits2()
    {
        CliRun show = await CliRun.OfAsync("show", "--definition", DemoDatabase.Definition);

        Assert.Equal(2, show.ExitCode);
        Assert.Contains("recon show takes a pipeline: companies, contacts, deals, communications.", show.Error, StringComparison.Ordinal);
    }

    private static Finding Of(string pipeline, string message)
        => new(FindingSeverity.Warning, pipeline, "key", message, null, "p.json", new DefinitionLocation("$.a", 1, 2));
}
