using Recon.Dataflow.Definition;

namespace Recon.Postgres.Tuning;

/// <summary>Who is waited for.</summary>
internal enum TuneSide
{
    /// <summary>This process has no processor time left.</summary>
    Processor,

    /// <summary>The one reader of the file.</summary>
    Reading,

    /// <summary>A block that computes in this process, on fewer threads than there are processors.</summary>
    Computing,

    /// <summary>Answers and commits of the server.</summary>
    Server,

    /// <summary>Nobody in particular.</summary>
    Nobody,
}

/// <summary>What limits settings: the busiest block, and how much of the processors this process uses.</summary>
/// <param name="Block">The busiest block; <see langword="null"/> when there is none.</param>
/// <param name="CoresUsed">Processors that this process used on average.</param>
internal sealed record TuneLimit(TuneSide Side, TrialBlock? Block, double CoresUsed, int Cores)
{
    // Above this share of all processors, more work at a time cannot help.
    private const double Exhausted = 0.85;

    // Below this, the block waits about as much as the others.
    private const double Busy = 0.5;

    /// <summary>Judges the trial in the middle of a series.</summary>
    /// <param name="trials">The trials of the settings; at least one.</param>
    internal static TuneLimit Of(IReadOnlyList<Trial> trials, int cores)
    {
        Trial middle = trials.OrderBy(trial => trial.Streaming).ElementAt(trials.Count / 2);
        double used = middle.Streaming > TimeSpan.Zero ? middle.Cpu / middle.Streaming : 0;
        TrialBlock? busiest = middle.Blocks.MaxBy(block => block.Utilisation);
        return new TuneLimit(SideOf(used, cores, busiest, middle.Strategies), busiest, used, cores);
    }

    private static TuneSide SideOf(
        double used, int cores, TrialBlock? busiest, IReadOnlyDictionary<string, LookupStrategy> strategies)
        => used >= Exhausted * cores ? TuneSide.Processor
            : busiest is null || busiest.Utilisation < Busy ? TuneSide.Nobody
            : busiest.Kind switch
            {
                "csv" => TuneSide.Reading,
                "diff" => TuneSide.Computing,
                "lookup" when strategies.GetValueOrDefault(busiest.Name) == LookupStrategy.Cache => TuneSide.Computing,
                _ => TuneSide.Server,
            };
}
