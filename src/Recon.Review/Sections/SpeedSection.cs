using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>How fast a run was, and where the time of its blocks went.</summary>
internal static class SpeedSection
{
    private static readonly (string Colour, string Name, Func<BlockFacts, double> Seconds)[] s_times =
    [
        ("busy", "busy", block => block.BusySeconds),
        ("waiting", "waiting", block => block.WaitingSeconds),
        ("idle", "idle", block => block.IdleSeconds),
        ("blocked", "blocked", block => block.BlockedSeconds),
    ];

    public static Html Of(PipelineReport report)
    {
        BlockFacts[] working = [.. report.Speed.Blocks.Where(block => block.Workers > 0)];
        if (working.Length == 0 && report.Speed.Committed.Count == 0)
        {
            return Html.None;
        }

        return Fold.Of("Speed", report.Run.RecordsPerSecond is { } told ? $"{Numbers.Count(told)} records a second" : "", Html.Of($"""
            <p class="note">{(report.Run.RecordsPerSecond is { } rate ? $"{Numbers.Count(rate)} records a second in all. " : "")}{report.Speed.Finding}</p>
            {(report.Speed.Committed.Count < 2 ? Html.None : SpeedPicture.Of(report.Speed.Committed))}{(working.Length == 0 ? Html.None : Blocks(working))}
            """));
    }

    private static Html Blocks(BlockFacts[] blocks) => Html.Of($"""
        <table class="grid rows times"><caption>Where the time of each block's workers went, over the whole run</caption>
        <thead><tr><th scope="col">block</th><th scope="col" class="wide"><span class="unseen">shares</span></th>{s_times.Select(time => Html.Of($"""<th scope="col" class="n"><span class="key c-{time.Colour}"></span>{time.Name}</th>"""))}<th scope="col" class="n">batches</th></tr></thead>
        <tbody>{blocks.Select(Block)}</tbody></table>
        """);

    private static Html Block(BlockFacts block)
    {
        double all = s_times.Sum(time => time.Seconds(block));
        return Html.Of($"""
            <tr><th scope="row">{block.Name}<span class="what">{Numbers.Count(block.Workers, "worker")}</span></th><td class="wide">{StackedBar.Of($"{block.Name}: {string.Join(", ", s_times.Select(time => $"{time.Name} {Share(time.Seconds(block), all)}"))}", s_times.Select(time => (time.Colour, time.Seconds(block))))}</td>{s_times.Select(time => Html.Of($"""<td class="n" data-label="{time.Name}">{Share(time.Seconds(block), all)}</td>"""))}<td class="n" data-label="batches">{Numbers.Count(block.Batches)}</td></tr>
            """);
    }

    private static string Share(double seconds, double all) => Numbers.Share((long)Math.Round(1000 * seconds), Math.Max(1, (long)Math.Round(1000 * all)));
}
