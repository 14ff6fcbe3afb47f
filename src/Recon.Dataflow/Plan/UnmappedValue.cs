using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;

namespace Recon.Dataflow.Plan;

/// <summary>A value that a map does not know, for the person who completes the map.</summary>
/// <param name="Column">The column of the file.</param>
/// <param name="Value">The value, cut; <see langword="null"/> for all beyond those that are kept.</param>
/// <param name="Nearest">The spelling of the map that is nearest to it; <see langword="null"/> when none is near.</param>
/// <param name="Option">What the map makes of that spelling.</param>
internal sealed record UnmappedValue(string Property, string Column, string? Value, long Count, string? Nearest, string? Option)
{
    /// <summary>The values that were counted, by property in the order of the definition and most frequent first.</summary>
    public static IReadOnlyList<UnmappedValue> Of(BatchCounts counts, ReconciliationPlan plan) =>
    [
        .. from property in plan.Properties
           let options = property.Reader.Chain.Steps.SelectMany(step => OptionsOf(step.Step)).ToArray()
           from entry in counts.RejectedValues
           where entry.Key.Property == property.Definition.Property && entry.Key.Reason == ValueRejectReasons.Unmapped
           orderby Array.IndexOf(plan.Properties, property), entry.Key.Sample is null, entry.Value descending, entry.Key.Sample
           select Of(entry.Key, entry.Value, options),
    ];

    /// <summary>What a conversion makes of what, where it knows all of it.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> OptionsOf(IConversion step) => step switch
    {
        MapConversion map => map.Options,
        MultiSelectConversion list => list.Options,
        _ => [],
    };

    private static UnmappedValue Of(RejectedValue value, long count, KeyValuePair<string, string>[] options)
    {
        string? nearest = value.Sample is { } sample ? NearestOption.Find(sample, options.Select(option => option.Key)) : null;
        return new UnmappedValue(
            value.Property,
            value.Column,
            value.Sample,
            count,
            nearest,
            nearest is null ? null : options.First(option => option.Key == nearest).Value);
    }
}
