using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Time;

namespace Recon.Postgres.Runs.Gates;

/// <summary>
/// Times that were read in another zone than they were written in, and days that were read as months, where no day is above 12,
/// are times and dates still. That another declaration makes nearly all that differ equal to HubSpot's gives it away.
/// </summary>
internal static class WrongTime
{
    private const int Fewest = 10;

    // Of the samples, which people may have changed since.
    private const double Least = 0.9;

    public static IEnumerable<Excess> Of(BatchCounts counts, ReconciliationPlan plan, ConversionContext context)
        => from property in plan.Properties
           let name = property.Definition.Property
           let different = counts.PropertyChanges.GetValueOrDefault(name) - counts.Remarks.GetValueOrDefault($"{name}/{ValueRemarks.Filled}")
           from remark in (string[])[ValueRemarks.Shifted, ValueRemarks.DayMonth]
           let explained = counts.Remarks.GetValueOrDefault($"{name}/{remark}")
           where explained >= Fewest && explained * 3 >= different * 2
           let samples = counts.Withheld.Of(name, remark)
           let remedies = Remedy.FindEqual(property, samples, Least, context)
           where remedies.Count > 0
           select new Excess(
               $"{name}: {CountText.Show(Math.Min(explained, different))} of {CountText.Show(different)} {What(property, remark, context)}",
               [
                   .. remedies.Select(remedy => RejectedValuesText.Fits(remedy, samples.Count, " as HubSpot has them")),
                   .. remedies.Count > 1 ? ["They read the values differently: only you know which of these is meant."] : (string[])[],
               ],
               name);

    private static string What(PropertyPlan property, string remark, ConversionContext context) => remark == ValueRemarks.DayMonth
        ? $"differing dates of {property.SourceLabel} are HubSpot's with day and month exchanged"
        : $"differing times of {property.SourceLabel} are HubSpot's, as much earlier or later as time zones are apart. The time zone of {property.SourceLabel}, "
            + $"{property.Definition.Convert.OfType<DatetimeDefinition>().LastOrDefault()?.Zone ?? context.Defaults.TimeZone}, looks wrong";
}
