using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;

namespace Recon.Postgres.Runs.Gates;

/// <summary>
/// Telephone numbers read in the wrong region become other numbers, which nothing rejects: <c>06 12 34 56 78</c> can be
/// dialled in the United States, too. That most of them do not exist there, and are not what HubSpot holds, gives it away.
/// </summary>
internal static class WrongRegion
{
    private const int Fewest = 20;

    /// <summary>
    /// The properties of which most numbers do not exist in the region that they were read in, and most differ from HubSpot's; or of which
    /// many that differ do so by the country only.
    /// </summary>
    public static IEnumerable<Excess> Of(BatchCounts counts, ReconciliationPlan plan, ConversionContext context)
    {
        foreach (PropertyPlan property in plan.Properties)
        {
            string name = property.Definition.Property;
            if (property.Definition.Convert.OfType<PhoneDefinition>().LastOrDefault() is not { } phone)
            {
                continue;
            }

            long invalid = counts.Remarks.GetValueOrDefault($"{name}/{ValueRemarks.NumberInvalid}");
            long values = counts.ConvertedValues.GetValueOrDefault(name);
            long changes = counts.PropertyChanges.GetValueOrDefault(name);
            long kept = counts.RejectedValues.Where(value => value.Key.Property == name && value.Key.Reason == ValueRejectReasons.NumberInvalid)
                .Sum(value => value.Value);
            long elsewhere = counts.Remarks.GetValueOrDefault($"{name}/{ValueRemarks.NumberElsewhere}");
            if (invalid >= Fewest && invalid * 2 > values && (changes + kept) * 2 > invalid)
            {
                string notStaged = kept == 0 ? "" : $" ({CountText.Show(kept)} {(kept == 1 ? "is" : "are")} not staged for that)";
                yield return Tell(
                    property,
                    ValueRemarks.NumberInvalid,
                    $"{CountText.Show(invalid)} of {CountText.Show(values)} numbers of {property.SourceLabel} are not valid in the region with which they were read, {Region(phone, context)}, and most are not HubSpot's{notStaged}");
            }
            else if (elsewhere >= Fewest && elsewhere * 4 > changes)
            {
                yield return Tell(
                    property,
                    ValueRemarks.NumberElsewhere,
                    $"{CountText.Show(elsewhere)} of {CountText.Show(changes)} numbers of {property.SourceLabel} that are not HubSpot's differ by the country code only. They have it from the region with which they were read, {Region(phone, context)}");
            }
        }

        Excess Tell(PropertyPlan property, string remark, string finding)
        {
            IReadOnlyList<WithheldSample> samples = counts.Withheld.Of(property.Definition.Property, remark);
            IReadOnlyList<Remedy> remedies = Remedy.FindRegions(property, samples, context);
            return new Excess(
                $"{property.Definition.Property}: {finding}",
                [
                    "Numbers without a country code may have become somebody else's.",
                    .. remedies.Select(remedy => RejectedValuesText.Fits(remedy, samples.Count)),
                    remedies.Count > 0 ? "If countries differ, name the column of the country as \"regionFrom\" instead."
                        : "Set the region that they are dialled from, \"region\" of the conversion, or \"regionFrom\" with the column of the country.",
                ],
                property.Definition.Property);
        }
    }

    private static string Region(PhoneDefinition phone, ConversionContext context) => phone switch
    {
        { RegionFrom: { } column } => $"the region that {column} tells",
        { Region: { } own } => $"{own} (\"region\" of its conversion)",
        _ => $"{context.Defaults.PhoneRegion} (\"phoneRegion\" of \"defaults\")",
    };
}
