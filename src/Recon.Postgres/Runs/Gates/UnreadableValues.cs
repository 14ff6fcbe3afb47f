using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Runs.Gates;

/// <summary>Values of the mirror that a property's comparison cannot read, and what reads them.</summary>
/// <param name="Samples">Some of them.</param>
internal sealed record UnreadableValues(PropertyDefinition Property, long Count, IReadOnlyList<string> Samples)
{
    private const int Shown = 3;

    /// <summary>Conversions that read all samples, as the definition spells them.</summary>
    public IReadOnlyList<string> Fitting { get; private init; } = [];

    public static UnreadableValues Of(PropertyDefinition property, long count, IReadOnlyList<string> samples, ConversionContext context)
        => new(property, count, samples)
        {
            Fitting = samples.Count == 0 ? []
                : [.. MirrorSpellings.Of(property.Comparison.Kind).Where(spelling => spelling.Reads(samples, context)).Select(spelling => spelling.Json)],
        };

    /// <summary>Those whose differences a run withheld.</summary>
    public static IReadOnlyList<UnreadableValues> Of(BatchCounts counts, ReconciliationPlan plan, ConversionContext context)
        =>
        [
            .. from property in plan.Properties.Select(property => property.Definition)
               let count = counts.KeptBack.GetValueOrDefault($"{property.Property}/{WithheldRules.Unreadable}")
               where count > 0
               select Of(property, count, [.. counts.Withheld.Of(property.Property, WithheldRules.Unreadable).Select(sample => sample.Hubspot).OfType<string>()], context),
        ];

    /// <summary>Why, as the end of a sentence.</summary>
    /// <param name="mask">Hides values of records.</param>
    public string Why(Func<string, string>? mask = null)
    {
        string[] shown = [.. Samples.Distinct(StringComparer.Ordinal).Take(Shown).Select(sample => $"'{DefinitionPath.Cut(mask?.Invoke(sample) ?? sample)}'")];
        return $"cannot be read as \"{Property.Comparison.Kind}\"{(shown.Length == 0 ? "" : $", such as {string.Join(", ", shown)}")}";
    }

    /// <summary>What to type.</summary>
    public string Fix => Fitting.Count > 0
        ? $"Declare how they are written: {string.Join(", or ", Fitting.Select(json => $"\"mirror\": {{ \"convert\": [{json}] }}"))}."
        : "Declare how they are written: \"mirror\": { \"convert\": […] }; fix them in HubSpot; or set \"onUnreadable\": \"stage\" to overwrite them.";

    /// <param name="mask">Hides values of records.</param>
    public Excess Tell(Func<string, string>? mask) => new(
        $"{Property.Property}: {Show(Count)} of HubSpot's values {Why(mask)}: {(Count == 1 ? "its difference is" : "their differences are")} withheld as \"{WithheldRules.Unreadable}\"",
        [Fix],
        Property.Property);
}
