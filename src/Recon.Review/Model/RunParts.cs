namespace Recon.Review.Model;

/// <summary>The parts of a run's time, put together to fewer and longer ones.</summary>
internal static class RunParts
{
    /// <summary>The same in at most so many parts of about the same length.</summary>
    public static SpeedFacts Merged(SpeedFacts speed, int most)
    {
        if (speed.Committed.Count <= most)
        {
            return speed;
        }

        double end = speed.Committed[^1].Second + speed.Committed[^1].Seconds;
        int[][] groups =
        [
            .. Enumerable.Range(0, speed.Committed.Count)
                .GroupBy(part => Math.Min(most - 1, (int)((speed.Committed[part].Second + (speed.Committed[part].Seconds / 2)) / end * most)))
                .Select(parts => parts.ToArray()),
        ];
        return speed with
        {
            Blocks = [.. speed.Blocks.Select(block => block with { OverTime = block.OverTime.Count == 0 ? [] : [.. groups.Select(parts => Sum(block, parts))] })],
            Committed = [.. groups.Select(parts => Sum(speed.Committed, parts))],
        };
    }

    private static TimesFacts Sum(BlockFacts block, int[] parts)
        => parts.Select(part => block.OverTime[part]).Aggregate((sum, each) => sum.Plus(each));

    private static CommittedFacts Sum(IReadOnlyList<CommittedFacts> committed, int[] parts) => new(
        committed[parts[0]].Second,
        committed[parts[^1]].Second + committed[parts[^1]].Seconds - committed[parts[0]].Second,
        parts.Sum(part => committed[part].Records));
}
