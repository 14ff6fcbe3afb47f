using Microsoft.Extensions.Logging;
using Recon.Dataflow.Definition;
using Recon.Postgres.Runs;

namespace Recon.Postgres.Tuning;

/// <summary>
/// Looks for the best settings, one aspect after the other: each round measures the best settings so far and some others
/// in turns (A B C, B C A, …), and keeps what is clearly faster. What was found is measured afresh against the present
/// settings in the end, as the best of many is in part the luckiest.
/// </summary>
internal sealed class TuneSearch(ITrials trials, ValidPipeline pipeline, TuneOptions options, ILogger logger)
{
    // The runtime compiles methods again, for speed, after they have run for a while, and the server's caches fill. A
    // trial that needs less CPU time than all before it by more than this share was not the last to warm up.
    private const double StillWarming = 0.1;
    private const int MostWarmUps = 15;

    // Of several that are about equally fast, the cheapest is taken.
    private const double AboutEqual = 1.03;

    private static readonly TuneAspect[] s_aspects =
        [TuneAspect.BatchRows, TuneAspect.Parallelism, TuneAspect.Writers, TuneAspect.Diffs, TuneAspect.Strategy];

    private long _wholeRecords;

    public async Task<TuneReport> SearchAsync(CancellationToken cancellationToken)
    {
        TuneSettings present = TuneSettings.Of(pipeline);
        Trial first = await WarmUpAsync(present, cancellationToken);
        _wholeRecords = Math.Max(first.WholeRecords, first.Records);
        List<TuneRound> rounds = [];
        TuneSettings best = present;
        foreach (TuneAspect aspect in s_aspects)
        {
            IReadOnlyList<TuneSettings> others = TuneCandidates.Of(aspect, best, pipeline, first.Records, options.Cores);
            if (others.Count > 0)
            {
                rounds.Add(await MeasureAsync(aspect, best, others, cancellationToken));
                best = rounds[^1].Chosen;
            }
        }

        double gain = 0;
        if (best != present)
        {
            rounds.Add(await MeasureAsync(TuneAspect.Confirmation, present, [best], cancellationToken));
            gain = rounds[^1].Chosen == best ? rounds[^1].Candidates[^1].Gain : 0;
            best = rounds[^1].Chosen;
        }

        IReadOnlyList<Trial> measured = rounds
            .SelectMany(round => round.Candidates)
            .LastOrDefault(candidate => candidate.Settings == best && candidate.Trials.Count > 0)?.Trials ?? [first];
        return new TuneReport(
            pipeline.Name, first.Records, _wholeRecords, present, best, gain, rounds, TuneLimit.Of(measured, options.Cores));
    }

    private async Task<Trial> WarmUpAsync(TuneSettings present, CancellationToken cancellationToken)
    {
        logger.WarmingUp(pipeline.Name);
        double least = double.PositiveInfinity;
        TimeSpan spent = TimeSpan.Zero;
        for (int done = 1; ; done++)
        {
            Trial trial = await trials.RunAsync(present, cancellationToken);
            spent += trial.Opening + trial.Streaming;
            bool warm = spent >= options.LeastWarmUp && trial.Cpu.TotalSeconds >= least * (1 - StillWarming);
            if (done >= MostWarmUps || (done > 1 && warm))
            {
                return trial;
            }

            least = Math.Min(least, trial.Cpu.TotalSeconds);
        }
    }

    private async Task<TuneRound> MeasureAsync(
        TuneAspect aspect, TuneSettings reference, IReadOnlyList<TuneSettings> others, CancellationToken cancellationToken)
    {
        List<Series> all = [.. others.Prepend(reference).Select(settings => new Series(settings))];
        logger.Measuring(pipeline.Name, Name(aspect), all.Count, options.Repeat);
        for (int round = 0; round < options.Repeat; round++)
        {
            // Every setting comes first in turn, so that none always follows the same one.
            for (int turn = 0; turn < all.Count; turn++)
            {
                Series series = all[(turn + round) % all.Count];
                if (series.Refused is null && series.SameAs is null)
                {
                    await MeasureAsync(series, isReference: series == all[0], cancellationToken);
                }
            }

            if (round == 0 && aspect == TuneAspect.Strategy)
            {
                FindSame(all);
            }
        }

        return Judge(aspect, all);
    }

    private async Task MeasureAsync(Series series, bool isReference, CancellationToken cancellationToken)
    {
        try
        {
            series.Trials.Add(await trials.RunAsync(series.Settings, cancellationToken));
        }
        catch (TrialRefusedException refused) when (!isReference)
        {
            series.Refused = refused.Message;
        }
    }

    // "auto" decides for one of the others; measuring the same thing twice would only find differences by chance.
    private static void FindSame(List<Series> all)
    {
        List<Series> different = [];
        foreach (Series series in all.Where(series => series.Trials.Count > 0))
        {
            series.SameAs = different.Find(other => other.Trials[0].Strategies.OrderBy(each => each.Key, StringComparer.Ordinal)
                .SequenceEqual(series.Trials[0].Strategies.OrderBy(each => each.Key, StringComparer.Ordinal)));
            if (series.SameAs is null)
            {
                different.Add(series);
            }
        }
    }

    private TuneRound Judge(TuneAspect aspect, List<Series> all)
    {
        double[] reference = Seconds(all[0]);
        List<TuneCandidate> candidates = [];
        foreach (Series series in all)
        {
            (TuneVerdict verdict, double gain) = series switch
            {
                { Refused: not null } => (TuneVerdict.Refused, 0),
                { SameAs: not null } => (TuneVerdict.Same, 0),
                _ when series == all[0] => (TuneVerdict.Reference, 0),
                _ => TuneJudgement.Compare(reference, Seconds(series)),
            };
            candidates.Add(new TuneCandidate(
                series.Settings,
                series.SameAs is null ? series.Trials : [],
                verdict,
                gain,
                series.Refused ?? (series.SameAs is { } same ? SameNote(same, all) : null)));
        }

        TuneCandidate[] faster = [.. candidates.Where(candidate => candidate.Verdict == TuneVerdict.Faster)];
        TuneSettings chosen = all[0].Settings;
        if (faster.Length > 0)
        {
            double fastest = faster.Min(candidate => TuneJudgement.Median(Seconds(candidate.Trials)));
            chosen = faster.First(candidate => TuneJudgement.Median(Seconds(candidate.Trials)) <= fastest * AboutEqual).Settings;
        }

        return new TuneRound(aspect, candidates, chosen, TuneJudgement.Noise(reference));
    }

    private static string SameNote(Series same, List<Series> all)
        => same == all[0] || same.Settings.Strategy is not { } strategy
            ? "decides as the present settings do"
            : $"decides as {TuneSettings.Word(strategy)} does";

    private double[] Seconds(Series series) => Seconds(series.Trials);

    private double[] Seconds(IReadOnlyList<Trial> measured) => [.. measured.Select(trial => trial.SecondsFor(_wholeRecords))];

    private static string Name(TuneAspect aspect) => aspect switch
    {
        TuneAspect.BatchRows => "rows of a batch",
        TuneAspect.Parallelism => "parallelism of the lookups",
        TuneAspect.Writers => "writers",
        TuneAspect.Diffs => "parallelism of the comparison",
        TuneAspect.Strategy => "strategy of the lookups",
        _ => "the best settings against the present ones",
    };

    private sealed class Series(TuneSettings settings)
    {
        public TuneSettings Settings { get; } = settings;

        public List<Trial> Trials { get; } = [];

        public string? Refused { get; set; }

        public Series? SameAs { get; set; }
    }
}
