using System.Text;
using Recon.Cli.Commands;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering.Live;
using Recon.Cli.Tests.Support;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Tests.Rendering.Live;

public sealed class LiveViewTests
{
    private const string Keys = "d details   p pause reading   q drain and stop";

    private static readonly (string Name, RunProgress Run)[] s_runs =
    [
        ("opening", MadeUpRuns.Opening),
        ("reading", MadeUpRuns.Reading),
        ("paused", MadeUpRuns.Paused),
        ("resumed, size unknown, stopping", MadeUpRuns.Resumed),
        ("indexing", MadeUpRuns.Indexing),
    ];

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Draw_Runs_AreAsApproved(int columns)
    {
        StringBuilder text = new();
        foreach ((string name, RunProgress run) in s_runs)
        {
            Append(text, name, LiveView.Draw(run, columns - 3, 40, details: false, Keys));
        }

        Append(text, "reading, details", LiveView.Draw(MadeUpRuns.Reading, columns - 3, 40, details: true, Keys));
        Append(text, "reading, 16 lines", LiveView.Draw(MadeUpRuns.Reading, columns - 3, 16, details: true, Keys));
        Append(text, "reading, 3 lines", LiveView.Draw(MadeUpRuns.Reading, columns - 3, 3, details: true, Keys));
        Append(text, "top", TopView.Draw(Tops(), columns, int.MaxValue, details: false, ""));
        Append(text, "top, 24 lines", TopView.Draw(Tops(), columns - 3, 23, details: false, "q quit"));
        Append(text, "top, nothing", TopView.Draw([], columns, int.MaxValue, details: false, ""));

        await Golden.CheckAsync($"live-{columns}.txt", text.ToString());
    }

    [Fact]
    public void Draw_AnyRoom_IsWithinIt()
    {
        foreach ((_, RunProgress run) in s_runs)
        {
            for (int width = 1; width < 140; width++)
            {
                Assert.All(LiveView.Draw(run, width, 40, details: true, Keys), line => Assert.InRange(line.Draw(width, colours: false).Length, 0, width));
            }

            for (int height = 1; height < 40; height++)
            {
                Assert.InRange(TopView.Draw([.. Tops(), .. Tops()], 77, height, details: true, Keys).Count, 1, height);
            }
        }
    }

    [Fact]
    public void Text_DryRun_CommitsNothing()
    {
        RunProgress run = MadeUpRuns.Reading with { DryRun = true };

        Assert.Contains("4,102,000 records compared", ProgressText.Of(run), StringComparison.Ordinal);
        Assert.DoesNotContain(LiveView.Draw(run, 77, 40, details: true, Keys), line => line.ToString().Contains("commit", StringComparison.Ordinal));
    }

    [Fact]
    public void Top_ResumedRun_HasTheIdThatTheLogHas()
    {
        RunningRun run = new("staging", "deals", Guid.NewGuid(), "me", TimeSpan.Zero, TimeSpan.Zero, MadeUpRuns.Reading);

        Assert.Contains(TopView.Draw([run], 120, 40, details: false, ""), line => line.ToString().Contains($"run {MadeUpRuns.Reading.RunId}", StringComparison.Ordinal));
        Assert.Equal(MadeUpRuns.Reading.RunId, TopEntry.Of(run).RunId);
    }

    [Fact]
    public void Ink_WideCharacters_TakeTwoColumnsEach()
    {
        InkLine line = InkLine.Of("日本語").Add("x");

        Assert.Equal(7, line.Length);
        Assert.Equal("日本", line.Draw(5, colours: false));
    }

    [Fact]
    public void Draw_NamesThatGiveOrdersToATerminal_AreShown()
    {
        RunProgress run = MadeUpRuns.Reading with { Pipeline = "things\u001b[2J", Rejects = new Dictionary<string, long> { ["\u001b]0;x\a"] = 1 } };

        Assert.All(LiveView.Draw(run, 77, 40, details: false, Keys), line => Assert.DoesNotContain(line.ToString(), char.IsControl));
    }

    [Fact]
    public void Ink_Colours_AreOnlyWhereTheyAreAskedFor()
    {
        InkLine line = InkLine.Of("12", Ink.Alarm).Add("34");

        Assert.Equal("\u001b[31m12\u001b[0m3", line.Draw(3, colours: true));
        Assert.Equal("123", line.Draw(3, colours: false));
    }

    [Fact]
    public void Share_SmallParts_HaveACellEach()
    {
        Assert.Equal([8L, 1, 1, 0], Bars.Share([1_000_000L, 1, 1, 0], 10));
        Assert.Equal([0L, 0], Bars.Share([0L, 0], 10));
        Assert.Equal(" ▁▄█", Bars.Sparkline([0, 1, 4, 8], 8));
    }

    [Fact]
    public void Text_OfARun_IsOneLine()
    {
        Assert.Equal(
            "communications: reading, 45 %, 4,102,000 records committed, 48,210 records/s, 'contact' limits", ProgressText.Of(MadeUpRuns.Reading));
        Assert.Equal(
            "communications: stopping, 4,102,000 records committed (and 1,000,000 before), 48,210 records/s", ProgressText.Of(MadeUpRuns.Resumed));
        Assert.Equal(
            "communications: indexing, 8,900,000 records committed, waits for PostgreSQL, which builds the indexes of the result",
            ProgressText.Of(MadeUpRuns.Indexing));
    }

    private static RunningRun[] Tops() =>
    [
        new("staging", "communications", MadeUpRuns.Reading.RunId, "crm@etl-1, process 4711", TimeSpan.FromSeconds(83), TimeSpan.FromSeconds(0.4), MadeUpRuns.Reading),
        new("staging", "contacts", MadeUpRuns.Reading.RunId, "crm@etl-2, process 12", TimeSpan.FromSeconds(190), TimeSpan.FromSeconds(42), MadeUpRuns.Indexing with { Pipeline = "contacts" }),
        new("trial", "deals", MadeUpRuns.Reading.RunId, "crm@etl-2, process 13", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.2), null),
    ];

    private static void Append(StringBuilder text, string title, IEnumerable<InkLine> lines)
        => text.Append("== ").Append(title).Append('\n').AppendJoin("", lines.Select(line => $"{line}\n")).Append('\n');
}
