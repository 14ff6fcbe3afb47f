using System.CommandLine;
using System.Text.Json;
using Recon.Cli.Commands;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Cli.Tests.Commands;

public sealed class TuneTextTests
{
    private static readonly ValidPipeline s_pipeline = DefinitionReader.Read(DemoDatabase.Definition).Definition!.Pipelines
        .Single(pipeline => pipeline.Name == "communications");

    [Fact]
    public async Task Draw_SliceWithEveryVerdict_IsApproved()
    {
        TuneReport report = Report();

        await Golden.CheckAsync(
            "tune.txt",
            TuneText.Draw(report, s_pipeline, new TuneOptions { Repeat = 3 }, null)
            + TuneText.Next(report.Recommended.Changes(s_pipeline), written: false, "pipeline.json"));
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public void Draw_OnATerminal_KeepsToTheWidthAndEveryVerdict(int width)
    {
        string text = TextWrap.ToTerminal(TuneText.Draw(Report(), s_pipeline, new TuneOptions(), width), width, breakWords: false);

        Assert.All(text.Split('\n'), line => Assert.InRange(TextWidth.Of(line), 0, width));
        Assert.Contains("not tried: the server has 3 connections left", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_SliceWithEveryVerdict_IsApproved()
        => await Golden.CheckAsync("tune.json", TuneDocument.Write(Report(), s_pipeline, Report().Recommended.Changes(s_pipeline), written: true));

    [Theory]
    [InlineData(TuneSide.Processor, "the processors of this machine")]
    [InlineData(TuneSide.Reading, "reading the file")]
    [InlineData(TuneSide.Computing, "computing in block")]
    [InlineData(TuneSide.Server, "the server, answering")]
    [InlineData(TuneSide.Nobody, "no block is busy most of the time")]
    public void Draw_EachSide_IsNamed(object side, string text)
        => Assert.Contains(
            text,
            TuneText.Draw(Report() with { Limit = Report().Limit with { Side = (TuneSide)side } }, s_pipeline, new TuneOptions(), null),
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0, 0, 0, 0, "")]
    [InlineData(100, 100, 100, 100, "████████████████████████")]
    [InlineData(50, 75, 100, 100, "████████████▓▓▓▓▓▓░░░░░░")]
    [InlineData(25, 25, 50, 100, "██████░░░░░░")]
    public void Bar_Values_FillTheirShare(double slowest, double median, double fastest, double full, string bar)
        => Assert.Equal(bar, TunePlot.Bar(slowest, median, fastest, full));

    // The rows of a batch are followed by a comment, which stays.
    [Theory]
    [InlineData(true, 250, true)]
    [InlineData(true, 4_000, false)]
    [InlineData(false, 250, false)]
    public void Conclude_Write_ChangesExactlyWhatIsRecommended(bool write, int rows, bool written)
    {
        using var folder = TempFolder.WithDefinition();
        string path = folder.File("pipeline.json");
        string before = File.ReadAllText(path);
        TuneReport report = Report() with { Recommended = TuneSettings.Of(s_pipeline) with { BatchRows = rows } };
        var global = new GlobalOptions();
        var command = new RootCommand();
        global.AddTo(command);
        using StringWriter output = new();
        using var context = CliContext.Of(output, TextWriter.Null, _ => null, TestContext.Current.CancellationToken);
        var invocation = new Invocation(context, global, command.Parse(["--definition", path, "--json"]));
        DefinitionReading reading = invocation.ReadDefinition();
        var file = new DefinitionFile(path);

        TuneCommand.Conclude(
            invocation,
            reading,
            reading.Definition!.Pipelines.Single(pipeline => pipeline.Name == report.Pipeline),
            report,
            new TuneOptions { WillChangeDefinition = write },
            file,
            file.Read());

        string after = File.ReadAllText(path);
        Assert.Equal(written ? before.Replace("\"rows\": 4000 }, //", "\"rows\": 250 }, //", StringComparison.Ordinal) : before, after);
        Assert.Equal(written, before != after);
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        Assert.Equal(written, document.RootElement.GetProperty("written").GetBoolean());
        Assert.Equal(["pipeline.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    private static TuneReport Report()
    {
        TuneSettings present = TuneSettings.Of(s_pipeline);
        TuneSettings best = present with { Writers = 2, Strategy = LookupStrategy.Auto };
        return new TuneReport(
            "communications",
            50_000,
            1_000_000,
            present,
            best,
            0.31,
            [
                new TuneRound(
                    TuneAspect.BatchRows,
                    [
                        new(present, Trials(1), TuneVerdict.Reference, 0, null),
                        new(present with { BatchRows = 250 }, Trials(1.3), TuneVerdict.Slower, -0.3, null),
                        new(present with { BatchRows = 4_000 }, Trials(0.97), TuneVerdict.NoDifference, 0.03, null),
                    ],
                    present,
                    0.02),
                new TuneRound(
                    TuneAspect.Strategy,
                    [
                        new(present with { Writers = 2 }, Trials(0.9), TuneVerdict.Reference, 0, null),
                        new(best, Trials(0.7), TuneVerdict.Faster, 0.22, null),
                        new(best with { Strategy = LookupStrategy.Cache }, [], TuneVerdict.Same, 0, "decides as auto does"),
                        new(best with { Strategy = LookupStrategy.Any }, [], TuneVerdict.Refused, 0, "the server has 3 connections left"),
                    ],
                    best,
                    0.01),
                new TuneRound(
                    TuneAspect.Confirmation,
                    [
                        new(present, Trials(1), TuneVerdict.Reference, 0, null),
                        new(best, Trials(0.69), TuneVerdict.Faster, 0.31, null),
                    ],
                    best,
                    0.02),
            ],
            new TuneLimit(TuneSide.Server, new TrialBlock("match", "lookup", 0.93), 0.84, 2));
    }

    private static Trial[] Trials(double factor) =>
    [
        .. ((double[])[1, 1.05, 0.95]).Select(spread => new Trial(
            50_000,
            TimeSpan.FromSeconds(0.25),
            TimeSpan.FromSeconds(factor * spread),
            TimeSpan.FromSeconds(0.2),
            TimeSpan.FromSeconds(0.4),
            128L * 1_048_576,
            [new TrialBlock("match", "lookup", 0.93)],
            new Dictionary<string, LookupStrategy>())
        {
            WholeRecords = 1_000_000,
        }),
    ];
}
