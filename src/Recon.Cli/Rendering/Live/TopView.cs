using Recon.Cli.Hosting;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Rendering.Live;

/// <summary>The pictures of all runs that are going on, one below the other.</summary>
internal static class TopView
{
    // Below that, a picture says little more than its first line.
    private const int LeastHeight = 4;

    /// <inheritdoc cref="LiveView.Draw"/>
    public static IReadOnlyList<InkLine> Draw(IReadOnlyList<RunningRun> runs, int width, int height, bool details, string keys)
    {
        InkLine[] last = keys.Length == 0 ? [] : [InkLine.Of($"  {keys}", Ink.Faint)];
        if (runs.Count == 0)
        {
            return [InkLine.Of("No run is in progress."), .. last];
        }

        // Each run has a line more than its picture, for who runs it, and an empty one below.
        int room = Math.Max(LeastHeight, (height - last.Length - (2 * runs.Count) + 1) / runs.Count);
        List<InkLine> lines = [];
        foreach (RunningRun run in runs)
        {
            lines.AddRange(lines.Count == 0 ? [] : [InkLine.Of("")]);
            IReadOnlyList<InkLine> picture = run.Progress is { } progress
                ? LiveView.Draw(progress, width, room, details, "")
                :
                [
                    InkLine.Of(run.Pipeline, Ink.Strong),
                    .. LiveView.Wrap(LiveView.Words("no progress yet: it has just started, or it is recon tune, recon clear, or an older recon", Ink.Plain), width, " "),
                ];
            lines.AddRange([picture[0], .. Holder(run, width), .. picture.Skip(1)]);
        }

        return [.. lines.Take(height - last.Length), .. last];
    }

    private static IEnumerable<InkLine> Holder(RunningRun run, int width)
    {
        string[] facts = [run.Holder, run.Schema, $"run {run.Progress?.RunId ?? run.RunId}"];
        IEnumerable<InkLine> said = LiveView.Wrap(facts.Select(fact => InkLine.Of(fact, Ink.Faint)), width);
        string stale = $"no sign of life for {LiveView.Time(run.Silence.TotalSeconds)}: it may be dead. 'recon run {run.Pipeline} --resume' then goes on with it.";
        return run.IsStale ? [.. said, .. LiveView.Wrap(LiveView.Words(stale, Ink.Alarm), width, " ")] : said;
    }
}
