using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Text;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class ContextTests(PostgresServer server)
{
    [Fact]
    public async Task Connection_FromTheEnvironment_IsUsed()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await CliRun.InAsync(
            new() { ["RECON_POSTGRES"] = database.ConnectionString }, "run", "companies", "--definition", DemoDatabase.Definition);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(283, await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation"));
    }

    [Fact]
    public void Status_WhenALineIsWritten_IsErasedFirstAndDrawnBelowIt()
    {
        using StringWriter error = new();
        using var context = CliContext.Of(TextWriter.Null, error, _ => null, CancellationToken.None);

        context.ErrorLine("first");
        context.Status([InkLine.Of("one"), InkLine.Of("two")]);
        context.ErrorLine("Stopping");
        context.Status([InkLine.Of("three")]);
        context.Status([]);
        context.ErrorLine("last");

        Assert.Equal(
            "first\none\u001b[K\ntwo\u001b[K\r\u001b[1A\u001b[JStopping\none\ntwo\r\u001b[1Athree\u001b[K\u001b[J\r\u001b[Jlast\n",
            error.ToString().Replace(Environment.NewLine, "\n", StringComparison.Ordinal));
    }

    [Fact]
    public void Status_LongerThanTheTerminal_LeavesRoomForTheEchoOfCtrlC()
    {
        using StringWriter error = new();
        using var context = CliContext.Of(TextWriter.Null, error, _ => null, CancellationToken.None);

        context.Status([InkLine.Of(new string('x', 500))]);

        // Without a terminal, 80 columns are assumed; the echo "^C" and the cursor take three.
        Assert.Equal(77 + "\u001b[K".Length, error.ToString().Length);
    }

    [Fact]
    public void Status_HigherThanTheTerminal_LeavesALine()
    {
        using StringWriter error = new();
        using var context = CliContext.Of(TextWriter.Null, error, _ => null, CancellationToken.None);

        context.Status([.. Enumerable.Repeat(InkLine.Of("x"), 100)]);

        Assert.Equal(CliContext.StatusHeight, error.ToString().Split('\n').Length);
    }

    [Theory]
    [InlineData("Zoé.Müller+1@example.fr", "xxx.xxxxxx+9@xxxxxxx.xx")]
    [InlineData("06 12", "99 99")]
    [InlineData(null, null)]
    public void Mask_KeepsShapeOnly(string? value, string? expected) => Assert.Equal(expected, Mask.Of(value));

    [Fact]
    public void Table_AlignsNumbersRightAndTextLeft()
        => Assert.Equal("name  rows\na        1\nbcde    20\n", TextTable.Draw(["name", ">rows"], [["a", "1"], ["bcde", "20"]]));

    [Fact]
    public void Summary_MillionsOfRecords_FitsIntoEightyColumns()
    {
        string summary = RunSummary.Draw([new RunReport("communications", null, "completed", MadeUpCounts.Millions, TimeSpan.FromSeconds(1234.5), null, null)], 80);

        Assert.All(summary.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData(1, nameof(Sureness.Clear), "")]
    [InlineData(9, nameof(Sureness.Unclear), "")]
    [InlineData(9, nameof(Sureness.Likely), """
        deals: probably: 'contact' limits: its one worker waits for the server for 91 %
          of the time. More questions at a time may help.
          try {"kind": "lookup", "name": "contact", "parallelism": 2}

        """)]
    [InlineData(9, nameof(Sureness.Clear), """
        deals: 'contact' limits: its one worker waits for the server for 91 % of the
          time. More questions at a time may help.
          try {"kind": "lookup", "name": "contact", "parallelism": 2}

        """)]
    public void Summary_OfARunThatTookAWhile_SaysWhatLimitedIt(int seconds, string sure, string expected)
    {
        RunReport report = new("deals", null, "completed", new BatchCounts(), TimeSpan.FromSeconds(seconds), "contact", null)
        {
            Verdict = new Verdict(
                LimitedBy.LookupAnswers,
                "contact",
                Enum.Parse<Sureness>(sure),
                0.91,
                "'contact' limits: its one worker waits for the server for 91 % of the time.",
                "More questions at a time may help.",
                """{"kind": "lookup", "name": "contact", "parallelism": 2}"""),
        };

        Assert.Equal(expected, RunSummary.Limits([report]));
        Assert.EndsWith(expected, RunSummary.Draw([report], null), StringComparison.Ordinal);
        Assert.All(expected.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }
}
