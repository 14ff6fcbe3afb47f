using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about telephone regions that a column tells: one for a property, and nowhere else.</summary>
internal static class RegionRules
{
    public static void Check(PipelineDefinition pipeline, RuleReport report)
    {
        foreach (DiffBlockDefinition diff in pipeline.Blocks.OfType<DiffBlockDefinition>())
        {
            Refuse(diff.LegacyUpdatedConvert ?? [], report);
            foreach (PropertyDefinition property in diff.Properties)
            {
                Refuse(property.MirrorValues?.Convert ?? [], report);
                foreach (PhoneDefinition other in Regional(property.Convert).Skip(1))
                {
                    report.Add(other, nameof(other.RegionFrom), "is given by an earlier conversion of the property, too; leave one of them out");
                }
            }
        }

        foreach (MatchKeyDefinition key in pipeline.Blocks.OfType<LookupBlockDefinition>().SelectMany(lookup => lookup.On))
        {
            Refuse(key.Convert, report);
        }
    }

    private static IEnumerable<PhoneDefinition> Regional(IEnumerable<ConversionDefinition> steps)
        => steps.OfType<PhoneDefinition>().Where(phone => phone.RegionFrom is not null);

    private static void Refuse(IEnumerable<ConversionDefinition> steps, RuleReport report)
    {
        foreach (PhoneDefinition phone in Regional(steps))
        {
            report.Add(phone, nameof(phone.RegionFrom), "applies to \"convert\" of a property only; name a \"region\" here");
        }
    }
}
