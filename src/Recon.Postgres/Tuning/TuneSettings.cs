using System.Globalization;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

namespace Recon.Postgres.Tuning;

/// <summary>What <c>recon tune</c> varies.</summary>
/// <param name="Parallelism">Batches that each lookup asks about at a time; <see langword="null"/> leaves each as it is defined.</param>
/// <param name="Strategy">How match and parent lookups ask; <see langword="null"/> leaves each as it is defined.</param>
/// <param name="Diffs">Batches that are compared at a time; <see langword="null"/> leaves it as it is defined.</param>
/// <remarks>
/// Fallback lookups keep their strategy: they ask only for records that were not found, which a slice may have few of.
/// </remarks>
internal sealed record TuneSettings(int BatchRows, int? Parallelism, int Writers, LookupStrategy? Strategy, int? Diffs = null)
{
    /// <summary>The settings that a pipeline has.</summary>
    public static TuneSettings Of(ValidPipeline pipeline)
        => new(pipeline.Batch.Rows, null, pipeline.Stage.Writers, null);

    /// <summary>The pipeline with these settings.</summary>
    /// <returns>
    /// A copy. The capacity of a block whose parallelism changes becomes twice the parallelism where it is smaller, so
    /// that a batch waits for every one that is worked on.
    /// </returns>
    public ValidPipeline Apply(ValidPipeline pipeline) => pipeline.With(block => block switch
    {
        BatchBlockDefinition batch => batch with { Rows = BatchRows },
        LookupBlockDefinition lookup => Apply(lookup),
        DiffBlockDefinition diff when Diffs is { } diffs && diffs != diff.Parallelism =>
            diff with { Parallelism = diffs, Capacity = Math.Max(diff.Capacity, 2 * diffs) },
        StageBlockDefinition stage when stage.Writers != Writers =>
            stage with { Writers = Writers, Capacity = Math.Max(stage.Capacity, 2 * Writers) },
        _ => block,
    });

    /// <summary>What has to be written into the definition to have these settings.</summary>
    /// <returns>The changes; none when the settings are the present ones.</returns>
    public IReadOnlyList<DefinitionChange> Changes(ValidPipeline pipeline)
    {
        ValidPipeline tuned = Apply(pipeline);
        List<DefinitionChange> changes = [];
        foreach ((BlockDefinition before, BlockDefinition after) in pipeline.Blocks.Zip(tuned.Blocks))
        {
            foreach (((string key, string old), (_, string now)) in Keys(before).Zip(Keys(after)))
            {
                if (old != now)
                {
                    changes.Add(new DefinitionChange(pipeline.Name, before.Label, key, now));
                }
            }
        }

        return changes;
    }

    private LookupBlockDefinition Apply(LookupBlockDefinition lookup)
    {
        LookupBlockDefinition asked = lookup.Role == LookupRole.Fallback ? lookup : lookup with { Strategy = Strategy ?? lookup.Strategy };
        return Parallelism is not { } parallelism || parallelism == lookup.Parallelism
            ? asked
            : asked with { Parallelism = parallelism, Capacity = Math.Max(lookup.Capacity, 2 * parallelism) };
    }

    private static IEnumerable<(string Key, string Json)> Keys(BlockDefinition block) => block switch
    {
        BatchBlockDefinition batch => [("rows", Json(batch.Rows))],
        LookupBlockDefinition lookup =>
        [
            ("strategy", $"\"{Word(lookup.Strategy)}\""), ("parallelism", Json(lookup.Parallelism)), ("capacity", Json(lookup.Capacity)),
        ],
        DiffBlockDefinition diff => [("parallelism", Json(diff.Parallelism)), ("capacity", Json(diff.Capacity))],
        StageBlockDefinition stage => [("writers", Json(stage.Writers)), ("capacity", Json(stage.Capacity))],
        _ => [],
    };

    /// <summary>A strategy as the definition writes it.</summary>
    public static string Word(LookupStrategy strategy) => strategy switch
    {
        LookupStrategy.Cache => "cache",
        LookupStrategy.Auto => "auto",
        _ => "any",
    };

    private static string Json(int number) => number.ToString(CultureInfo.InvariantCulture);
}
