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

    /// <summary>The properties of which most numbers do not exist in the region that they were read in, and most differ from HubSpot's.</summary>
    public static IReadOnlyList<Excess> Of(BatchCounts counts, ReconciliationPlan plan, ConversionContext context)
        =>
        [
            .. from property in plan.Properties
               let phone = property.Definition.Convert.OfType<PhoneDefinition>().LastOrDefault()
               where phone is not null
               let name = property.Definition.Property
               let invalid = counts.Remarks.GetValueOrDefault($"{name}/{ValueRemarks.NumberInvalid}")
               where invalid >= Fewest && invalid * 2 > counts.ConvertedValues.GetValueOrDefault(name)
                   && counts.PropertyChanges.GetValueOrDefault(name) * 2 > invalid
               select Tell(property, phone, invalid, counts.ConvertedValues.GetValueOrDefault(name), context),
        ];

    private static Excess Tell(PropertyPlan property, PhoneDefinition phone, long invalid, long values, ConversionContext context)
    {
        string name = property.Definition.Property;
        string region = phone switch
        {
            { RegionFrom: { } column } => $"the region that {column} tells",
            { Region: { } own } => $"{own} (\"region\" of its conversion)",
            _ => $"{context.Defaults.PhoneRegion} (\"phoneRegion\" of \"defaults\")",
        };
        return new Excess(
            $"{name}: {CountText.Show(invalid)} of {CountText.Show(values)} numbers of {property.SourceLabel} are not valid in the region with which they were read, {region}, and most differ from HubSpot's",
            ["Numbers without a country code may have become somebody else's. Set the region that they are dialled from: { \"kind\": \"phone\", \"region\": \"FR\" }, or \"regionFrom\" with the column of the country."],
            name);
    }
}
