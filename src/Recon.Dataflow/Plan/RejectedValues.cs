using Recon.Dataflow.Batches;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Plan;

/// <summary>The values of a property that failed its conversions for one reason.</summary>
/// <param name="Values">Values of the property that were not empty: those that failed and those that did not; 0 when that is not known.</param>
/// <param name="Accepted">Those of them that were converted.</param>
/// <param name="Sample">The most frequent one that was kept; <see langword="null"/> when none was.</param>
internal sealed record RejectedValues(
    string Property, string Column, string Reason, long Count, long Values, long Accepted, string? Sample)
{
    private const int LeastOfAll = 10;

    /// <summary>Different values that were kept to look at.</summary>
    public int Samples { get; init; }

    /// <summary>Conversions that read most of the samples, as the property's <c>convert</c>; several when they read them differently.</summary>
    public IReadOnlyList<Remedy> Remedies { get; init; } = [];

    /// <summary>The most frequent values that no map knows, where that is the reason.</summary>
    public IReadOnlyList<UnmappedValue> Unmapped { get; init; } = [];

    /// <summary>Whether they are so many that whoever reads the result should know: more than 1 %, or at least 10 and no other.</summary>
    public bool IsNotable => Count * 100 > Values || (Count >= LeastOfAll && Accepted == 0);

    /// <summary>Groups what was counted, by property in the order of the definition, and looks for remedies.</summary>
    public static IReadOnlyList<RejectedValues> Of(BatchCounts counts, ReconciliationPlan plan, ConversionContext context)
    {
        IReadOnlyList<UnmappedValue> unmapped = UnmappedValue.Of(counts, plan);
        return
        [
            .. from property in plan.Properties
               from kind in counts.RejectedValues.Where(entry => entry.Key.Property == property.Definition.Property).GroupBy(entry => entry.Key.Reason)
               orderby Array.IndexOf(plan.Properties, property), kind.Sum(entry => entry.Value) descending, kind.Key
               select Of(property, kind.Key, [.. kind]),
        ];

        RejectedValues Of(PropertyPlan property, string reason, KeyValuePair<RejectedValue, long>[] entries)
        {
            string name = property.Definition.Property;
            long failed = counts.RejectedValues
                .Where(entry => entry.Key.Property == name && entry.Key.Reason != ValueRejectReasons.RequiredMissing).Sum(entry => entry.Value);
            bool isMissing = reason == ValueRejectReasons.RequiredMissing;
            long values = isMissing ? counts.Staged + counts.Folded : counts.ConvertedValues.GetValueOrDefault(name);
            string[] samples =
            [
                .. entries.Where(entry => entry.Key.Sample is not null)
                    .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal)
                    .Select(entry => entry.Key.Sample!),
            ];
            var group = new RejectedValues(
                name,
                property.SourceLabel,
                reason,
                entries.Sum(entry => entry.Value),
                values,
                Math.Max(0, values - (isMissing ? entries.Sum(entry => entry.Value) : failed)),
                samples.FirstOrDefault())
            {
                Samples = samples.Length,
                Unmapped = reason == ValueRejectReasons.Unmapped ? [.. unmapped.Where(value => value.Property == name && value.Value is not null)] : [],
            };
            if (!group.IsNotable || isMissing)
            {
                return group;
            }

            if (reason is not (ValueRejectReasons.NotAPhone or ValueRejectReasons.NumberInvalid))
            {
                return group with { Remedies = Remedy.Find(property, samples, group.Accepted > 0, context) };
            }

            WithheldSample[] numbers = reason == ValueRejectReasons.NumberInvalid
                ? [.. counts.Withheld.Of(name, ValueRemarks.NumberInvalid)]
                : [.. samples.Select(sample => new WithheldSample(name, reason, "", sample, null))];
            return group with { Samples = numbers.Length, Remedies = Remedy.FindRegions(property, numbers, context) };
        }
    }
}
