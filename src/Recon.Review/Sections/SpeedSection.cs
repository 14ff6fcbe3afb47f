using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Sections;

/// <summary>How fast a run was, and where the time of its blocks went.</summary>
internal static class SpeedSection
{
    // Over time, words tell a beginning, a middle and an end.
    private const int PartsInWords = 3;

    public static Html Of(PipelineReport report)
    {
        SpeedFacts speed = report.Speed;
        BlockFacts[] working = [.. speed.Blocks.Where(block => block.Workers > 0)];
        if (working.Length == 0 && speed.Committed.Count == 0)
        {
            return Html.None;
        }

        return Fold.Of("Speed", report.Run.RecordsPerSecond is { } told ? $"{Numbers.Count(told)} records a second" : "", Html.Of($"""
            <p class="note">{(report.Run.RecordsPerSecond is { } rate ? $"{Numbers.Count(rate)} records a second in all. " : "")}{speed.Finding}</p>
            {(speed.NotTold is null ? Html.None : Html.Of($"""<p class="note">{speed.NotTold}</p>"""))}
            {(speed.Committed.Count < 2 ? Html.None : SpeedPicture.Of(speed.Committed))}{(working.Length == 0 ? Html.None : Blocks(speed, working))}
            """));
    }

    private static Html Blocks(SpeedFacts speed, BlockFacts[] blocks) => Html.Of($"""
        <table class="grid rows times"><caption>{(speed.Committed.Count < 2 ? "Where the time of each block's workers went, over the whole run" : $"Where the time of each block's workers went: the bar is the whole run, the picture below it runs over its {Numbers.Duration(speed.Committed[^1].Second + speed.Committed[^1].Seconds)}")}</caption>
        <thead><tr><th scope="col">block</th><th scope="col" class="wide"><span class="unseen">shares</span></th>{TimesPicture.Times.Select(time => Html.Of($"""<th scope="col" class="n"><span class="key c-{time.Name}"></span>{time.Name}</th>"""))}<th scope="col" class="n">batches</th></tr></thead>
        <tbody>{blocks.Select(block => Block(speed, block))}</tbody></table>
        """);

    private static Html Block(SpeedFacts speed, BlockFacts block) => Html.Of($"""
        <tr><th scope="row">{block.Name}<span class="what">{Numbers.Count(block.Workers, "worker")}</span></th><td class="wide">{StackedBar.Of($"{block.Name}: {InWords(block.Times, isWhole: true)}", TimesPicture.Times.Select(time => (time.Name, time.Seconds(block.Times))))}{OverTime(speed, block)}</td>{TimesPicture.Times.Select(time => Html.Of($"""<td class="n" data-label="{time.Name}"><span class="key small c-{time.Name}"></span>{Share(time.Seconds(block.Times), block.Times.Seconds)}</td>"""))}<td class="n" data-label="batches">{Numbers.Count(block.Batches)}</td></tr>
        """);

    private static Html OverTime(SpeedFacts speed, BlockFacts block)
    {
        if (speed.Committed.Count < 2 || block.OverTime.Count != speed.Committed.Count)
        {
            return Html.None;
        }

        SpeedFacts told = RunParts.Merged(speed, PartsInWords);
        IEnumerable<string> parts = told.Committed.Zip(told.Blocks.First(each => each.Name == block.Name).OverTime)
            .Select(part => $"to {Numbers.Duration(part.First.Second + part.First.Seconds)} {InWords(part.Second, isWhole: false)}");
        return TimesPicture.Of(speed.Committed, block.OverTime, $"{block.Name} over time: {string.Join("; ", parts)}");
    }

    private static string InWords(TimesFacts times, bool isWhole)
        => string.Join(", ", TimesPicture.Times.Where(time => isWhole || time.Seconds(times) > 0).Select(time => $"{time.Name} {Share(time.Seconds(times), times.Seconds)}"));

    private static string Share(double seconds, double all) => Numbers.Share((long)Math.Round(1000 * seconds), Math.Max(1, (long)Math.Round(1000 * all)));
}
