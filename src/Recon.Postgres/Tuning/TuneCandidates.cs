using Recon.Dataflow.Definition;

namespace Recon.Postgres.Tuning;

/// <summary>What is tried in place of the settings that were best so far; cheaper settings come first.</summary>
internal static class TuneCandidates
{
    /// <summary>A size of which the slice has fewer batches is not tried: filling and draining the graph would be all.</summary>
    public const int LeastBatches = 8;

    // Comparing is computing: more at a time than there are cores to spare beside lookups, writers and server gains nothing.
    private const int CoresOfADiff = 2;

    private static readonly int[] s_batchRows = [250, 500, 1_000, 2_000, 5_000];
    private static readonly int[] s_counts = [1, 2, 4, 8, 16];
    private static readonly LookupStrategy[] s_strategies = [LookupStrategy.Any, LookupStrategy.Auto, LookupStrategy.Cache];

    public static IReadOnlyList<TuneSettings> Of(
        TuneAspect aspect, TuneSettings best, ValidPipeline pipeline, long records, int cores)
    {
        // A server far away is waited for rather than computed for, so four at a time are tried on any machine.
        IEnumerable<int> counts = s_counts.Where(count => count <= Math.Max(4, cores));
        IEnumerable<TuneSettings> all = aspect switch
        {
            TuneAspect.BatchRows => s_batchRows.Where(rows => rows <= records / LeastBatches).Select(rows => best with { BatchRows = rows }),
            TuneAspect.Parallelism => counts.Select(count => best with { Parallelism = count }),
            TuneAspect.Writers => counts.Select(count => best with { Writers = count }),
            TuneAspect.Diffs => s_counts.Where(count => count <= cores / CoresOfADiff).Select(count => best with { Diffs = count }),
            TuneAspect.Strategy => s_strategies.Select(strategy => best with { Strategy = strategy }),
            _ => [],
        };

        // Told apart by what they make of the definition: a number may be the one that is written there already.
        ValidPipeline present = best.Apply(pipeline);
        return [.. all.Where(settings => !settings.Apply(pipeline).Blocks.SequenceEqual(present.Blocks))];
    }

    /// <summary>Settings of which every pipeline's connections must allow the largest.</summary>
    public static ValidPipeline Largest(ValidPipeline pipeline, int cores)
    {
        int most = s_counts.Last(count => count <= Math.Max(4, cores));
        return (TuneSettings.Of(pipeline) with
        {
            Parallelism = Math.Max(most, pipeline.Lookups.Max(lookup => lookup.Parallelism)),
            Writers = Math.Max(most, pipeline.Stage.Writers),
        }).Apply(pipeline);
    }
}
