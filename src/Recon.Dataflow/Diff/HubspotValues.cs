using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Diff;

/// <summary>What HubSpot's own value has to say about a difference, before any policy.</summary>
internal static class HubspotValues
{
    /// <param name="hubspot">HubSpot's value; not blank.</param>
    /// <param name="read">The same as it is compared.</param>
    /// <returns>The rule that withholds the difference; <see langword="null"/> for none.</returns>
    public static string? WhyWithheld(
        PropertyPlan property, PropertyReader reader, ReadOnlySpan<byte> hubspot, ReadOnlySpan<byte> read, Utf8Scratch scratch)
        => property.Definition.OnUnreadable != UnreadablePolicy.Stage && !reader.CanRead(hubspot, scratch) ? WithheldRules.Unreadable
            : property is { Days: not null, KeepsTimeOfDay: false } && ZoneDays.HasTimeOfDay(read) ? WithheldRules.TimeOfDay
            : null;

    /// <summary>What is staged in the place of HubSpot's value: composed, and with its time of day where that is kept.</summary>
    public static ReadOnlySpan<byte> Replace(PropertyPlan property, ReadOnlySpan<byte> text, ReadOnlySpan<byte> read, Utf8Scratch scratch)
        => property is { Days: { } days, KeepsTimeOfDay: true } && ZoneDays.HasTimeOfDay(read)
            ? days.At(text, read, scratch)
            : CanonicalForm.Of(text, scratch);
}
