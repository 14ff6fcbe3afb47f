using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Time;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>What a definition says once for all pipelines, and what a pipeline has to say for itself.</summary>
internal static class DraftDefaults
{
    // What conversions without region and zone mean in a proposal.
    private static readonly DefaultsDefinition s_usual = new();

    /// <summary>The defaults of a new file: region and zone if all properties have the same, and null spellings found beside the usual ones.</summary>
    public static DefaultsDefinition Of(PipelineProposal proposal)
    {
        ConversionDefinition[] steps = [.. proposal.Properties.Where(property => property.IsActive).SelectMany(property => property.Definition.Convert)];
        return new DefaultsDefinition
        {
            Nulls = [.. s_usual.Nulls.Union(proposal.File.Nulls, StringComparer.Ordinal)],
            PhoneRegion = One(steps.OfType<PhoneDefinition>().Where(phone => phone.RegionFrom is null).Select(phone => phone.Region), s_usual.PhoneRegion),
            TimeZone = One(steps.OfType<DatetimeDefinition>().Select(time => time.Zone), s_usual.TimeZone),
        };
    }

    /// <summary>A property under other defaults: it names a region or zone only where it has another one.</summary>
    public static PropertyDefinition Under(DefaultsDefinition defaults, PropertyDefinition property) => property with
    {
        Convert =
        [
            .. property.Convert.Select(step => step switch
            {
                PhoneDefinition { RegionFrom: null } phone => phone with { Region = Differing(phone.Region ?? s_usual.PhoneRegion, defaults.PhoneRegion) },
                DatetimeDefinition time => time with { Zone = Differing(time.Zone ?? s_usual.TimeZone, defaults.TimeZone) },
                _ => step,
            }),
        ],
        Compare = Compare(property),
    };

    /// <summary>A csv block under other defaults: null spellings only where the file has others.</summary>
    public static CsvBlockDefinition Under(DefaultsDefinition defaults, CsvBlockDefinition csv, PipelineProposal proposal)
    {
        string[] all = [.. defaults.Nulls.Union(proposal.File.Nulls, StringComparer.Ordinal)];
        Dictionary<string, IReadOnlyList<string>> byColumn = new(StringComparer.OrdinalIgnoreCase);
        foreach (var column in proposal.File.Columns.Where(column => proposal.Properties.Any(property => property.IsActive && property.Definition.Column == column.Name)))
        {
            string[] own = [.. all.Union(column.Nulls.Select(spelling => spelling.Value).Where(spelling => !string.IsNullOrWhiteSpace(spelling)), StringComparer.Ordinal)];
            if (own.Length > all.Length)
            {
                byColumn.TryAdd(column.Name, own);
            }
        }

        return csv with { Nulls = all.Length > defaults.Nulls.Count ? all : null, NullsByColumn = byColumn };
    }

    // As people write it: by its kind where the conversions say the rest, and not at all for plain texts.
    private static ComparisonDefinition? Compare(PropertyDefinition property)
    {
        ComparisonDefinition produced = ConversionChain.ProducedBy(property.Convert);
        ComparisonDefinition compare = property.Compare ?? produced;
        return compare is Dataflow.Values.Text.TextComparisonDefinition && produced is Dataflow.Values.Text.TextComparisonDefinition ? null
            : compare == produced && compare is PhoneComparisonDefinition ? new PhoneComparisonDefinition()
            : compare;
    }

    private static string? Differing(string value, string usual) => value == usual ? null : value;

    private static string One(IEnumerable<string?> said, string usual)
        => said.Select(each => each ?? usual).Distinct(StringComparer.Ordinal).ToArray() is [var one] ? one : usual;
}
