using Recon.Review.Charts;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Reports;

/// <summary>How fast a run was, in tables.</summary>
internal static class MarkdownSpeed
{
    // Rows of a table that people read.
    private const int Parts = 6;

    public static void Write(Markdown text, PipelineReport report)
    {
        BlockFacts[] working = [.. report.Speed.Blocks.Where(block => block.Workers > 0)];
        if (working.Length == 0)
        {
            return;
        }

        text.Line();
        text.Line($"### Speed");
        text.Line();
        string?[] sentences = [report.Run.RecordsPerSecond is { } rate ? $"{Numbers.Count(rate)} records a second in all." : null, report.Speed.Finding, report.Speed.NotTold];
        text.Line($"{MarkdownText.Of(string.Join(' ', sentences.OfType<string>()))}");
        text.Line();
        text.Head(["block", "workers", .. TimesPicture.Times.Select(time => time.Name), "batches"]);
        foreach (BlockFacts block in working)
        {
            text.Row([block.Name, Numbers.Count(block.Workers), .. TimesPicture.Times.Select(time => Share(time.Seconds(block.Times), block.Times)), Numbers.Count(block.Batches)]);
        }

        SpeedFacts speed = RunParts.Merged(report.Speed, Parts);
        BlockFacts[] told = [.. speed.Blocks.Where(block => block.Workers > 0 && block.OverTime.Count == speed.Committed.Count)];
        if (speed.Committed.Count < 2)
        {
            return;
        }

        text.Line();
        text.Line($"The same over time, of each block in percent: {MarkdownText.Of(string.Join(" / ", TimesPicture.Times.Select(time => time.Name)))}.");
        text.Line();
        text.Head(["until", "records a second", .. told.Select(block => block.Name)]);
        foreach ((int part, CommittedFacts committed) in speed.Committed.Index())
        {
            text.Row([
                Numbers.Duration(committed.Second + committed.Seconds),
                Numbers.Count((long)Math.Round(committed.Records / committed.Seconds)),
                .. told.Select(block => string.Join(" / ", TimesPicture.Times.Select(time => Percent(time.Seconds(block.OverTime[part]), block.OverTime[part])))),
            ]);
        }
    }

    private static string Percent(double seconds, TimesFacts of) => Numbers.Count((long)Math.Round(100 * seconds / Math.Max(of.Seconds, 0.001)));

    private static string Share(double seconds, TimesFacts of) => Numbers.Share((long)Math.Round(1000 * seconds), Math.Max(1, (long)Math.Round(1000 * of.Seconds)));
}
