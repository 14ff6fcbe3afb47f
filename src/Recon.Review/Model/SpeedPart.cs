using System.Globalization;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Review.Model;

/// <summary>How fast a run was, and where the time of its blocks went, in all and over time.</summary>
internal static class SpeedPart
{
    public static SpeedFacts Of(LoggedRun run, ReportDetail detail)
    {
        LoggedBlock[] working = [.. run.Blocks.Where(block => block is { Workers: > 0, Seconds: > 0 }).OrderByDescending(Load)];
        var speed = new SpeedFacts(
            working is [var first, ..] ? $"'{first.Name}' worked or waited for answers {string.Create(CultureInfo.InvariantCulture, $"{100 * Load(first):0}")} % of its time, more than any other block." : null,
            [
                .. run.Blocks.Select((block, index) => new BlockFacts(
                    block.Name, block.Workers, block.BusySeconds, block.WaitingSeconds, block.IdleSeconds, block.BlockedSeconds, block.Batches,
                    [.. run.Course.Select(part => part.Blocks[index]).Select(times => new TimesFacts(times.Busy, times.Waiting, times.Idle, times.Blocked))])),
            ],
            [.. run.Course.Select(part => new CommittedFacts(Math.Round(part.Second, 3), part.Seconds, part.Records))],
            NotTold(run));
        return RunParts.Merged(speed, detail.Parts);
    }

    private static double Load(LoggedBlock block) => (block.BusySeconds + block.WaitingSeconds) / block.Seconds;

    // The log has what the process that ended the run has seen.
    private static string? NotTold(LoggedRun run) => run switch
    {
        { Blocks: [] } => null,
        { Course: [] } => "Nothing is told over time: the records were read in a few seconds, or by an earlier version of recon.",
        _ when run.Course.Sum(part => part.Records) < run.Counts.Read => "This run was interrupted and continued: the times over its time are those of its last part.",
        _ => null,
    };
}
