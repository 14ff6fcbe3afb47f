using System.Globalization;
using Recon.Cli.Hosting;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Rendering.Live;

/// <summary>The blocks of a run in the order in which a batch passes them: what their workers do, and what waits.</summary>
internal static class BlocksView
{
    public const int MostName = 20;

    private const int MostBar = 40;
    private const int WordWidth = 13;
    private const int QueueWidth = 7;

    private static readonly (string Name, char Glyph, Ink Ink)[] s_states =
        [("busy", '█', Ink.Good), ("waiting", '▓', Ink.Waiting), ("blocked", '░', Ink.Blocked), ("idle", '·', Ink.Faint)];

    public static IEnumerable<InkLine> Draw(RunProgress run, int width)
    {
        if (run.Blocks.Count == 0)
        {
            yield break;
        }

        int name = Math.Min(MostName, run.Blocks.Max(block => Name(block).Length));
        int history = width >= 100 ? 16 : 8;
        int bar = Math.Clamp(width - name - WordWidth - QueueWidth - history - 10, 10, MostBar);
        InkLine header = InkLine.Of("  block", Ink.Faint).To(name + 4);
        foreach ((string state, char glyph, Ink ink) in s_states)
        {
            header.Add($"{glyph}", ink).Add($" {state}  ", Ink.Faint);
        }

        yield return header.To(name + bar + WordWidth + 8).Add("queue", Ink.Faint);
        foreach (BlockProgress block in run.Blocks)
        {
            yield return Line(block, run.WaitsFor is null ? run.Verdict : null, name, bar, history);
        }
    }

    /// <summary>The seconds of each block's workers.</summary>
    public static IEnumerable<InkLine> Numbers(RunProgress run)
        => run.Blocks.Count == 0 ? [] : LiveView.Table(
            ["seconds of", ">busy", ">waiting", ">blocked", ">idle", ">batches"],
            [
                .. run.Blocks.Where(block => block.Workers > 0).Select(block => (string[])
                [
                    TextTable.Cell(block.Name, MostName),
                    .. Times(block).Select(time => time.ToString("#,0.0", CultureInfo.InvariantCulture)),
                    Show.Count(block.Batches),
                ]),
            ],
            int.MaxValue);

    private static InkLine Line(BlockProgress block, VerdictProgress? verdict, int name, int bar, int history)
    {
        bool limits = verdict is { Sure: not "unclear" } && verdict.Block == block.Name;
        InkLine line = InkLine.Of(limits ? "▶ " : "  ", Ink.Alarm)
            .Add(TextTable.Cell(Name(block), name), limits ? Ink.Strong : Ink.Plain).To(name + 4);
        double[] times = Times(block);
        if (times.Sum() > 0)
        {
            foreach (((_, char glyph, Ink ink), long cells) in s_states.Zip(Bars.Share(times, bar)))
            {
                line.Add(new string(glyph, (int)cells), ink);
            }

            int most = times.Index().MaxBy(time => time.Item).Index;
            line.To(name + bar + 6).Add($"{LiveView.Percent(times[most] / times.Sum())} {s_states[most].Name}");
        }

        if (block.Capacity > 0)
        {
            line.To(name + bar + WordWidth + 8).Add(string.Create(CultureInfo.InvariantCulture, $"{block.Queued}/{block.Capacity}"))
                .To(name + bar + WordWidth + QueueWidth + 9)
                .Add(Bars.Sparkline((block.QueueHistory ?? []).TakeLast(history), block.Capacity), Ink.Blocked);
        }

        return line;
    }

    private static string Name(BlockProgress block)
        => block.Workers > 1 ? string.Create(CultureInfo.InvariantCulture, $"{block.Name} ×{block.Workers}") : block.Name;

    private static double[] Times(BlockProgress block) => [block.BusySeconds, block.WaitingSeconds, block.BlockedSeconds, block.IdleSeconds];
}
