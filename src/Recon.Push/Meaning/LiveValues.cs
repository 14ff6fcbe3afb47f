using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Push.Meaning;

/// <summary>
/// Whether two values of a HubSpot property mean the same, by the definition's own comparison of that property. The mirror's words for
/// values play no part: plans have HubSpot's, and one of the mirror may be another one's in HubSpot. Immutable and shared; the scratch room of a caller is its own.
/// </summary>
internal sealed class LiveValues
{
    private readonly Dictionary<(string Type, string Property), PropertyReader> _properties;

    private LiveValues(Dictionary<(string Type, string Property), PropertyReader> properties) => _properties = properties;

    /// <param name="context">The conversions' zone, region and map files.</param>
    /// <exception cref="ConversionSetupException">A map file cannot be read.</exception>
    public static LiveValues Of(ValidPipeline pipeline, ConversionContext context)
    {
        Dictionary<(string Type, string Property), PropertyReader> properties = [];
        foreach (PropertyDefinition property in pipeline.Diff.Properties)
        {
            var reader = PropertyReader.Compile(property, context);
            foreach (string type in pipeline.ObjectTypes)
            {
                ObjectPropertyDefinition? named = null;
                if (pipeline.Source.Object?.Properties.GetValueOrDefault(type)?.TryGetValue(property.Property, out named) == true && named is null)
                {
                    continue;
                }

                properties.TryAdd((type, named?.Name ?? property.Property), reader);
            }
        }

        return new LiveValues(properties);
    }

    /// <summary>Whether a live value and another one mean the same; empty and none are the same.</summary>
    /// <param name="other">A value in HubSpot's words, as all values of items are.</param>
    /// <param name="isSent">Whether the other value is one that is sent: it has been converted already, what HubSpot holds has not.</param>
    /// <remarks>A property that the definition does not have any more is compared byte for byte.</remarks>
    public bool AreSame(string type, string property, string? live, string? other, bool isSent, Utf8Scratch scratch)
    {
        live ??= "";
        other ??= "";
        return string.Equals(live, other, StringComparison.Ordinal)
            || (live.Length > 0 && other.Length > 0
                && _properties.TryGetValue((type, property), out PropertyReader? reader) && AreSame(reader, live, other, isSent, scratch));
    }

    private static bool AreSame(PropertyReader reader, string live, string other, bool isSent, Utf8Scratch scratch)
    {
        scratch.Reset();
        ReadOnlySpan<byte> first = scratch.Encode(live);
        ReadOnlySpan<byte> second = scratch.Encode(other);
        ReadOnlySpan<byte> read = reader.ReadMirror(first, scratch);
        return reader.Comparison.AreEqual(first, second, scratch)
            || AreSameAsRead(reader, read, reader.ReadMirror(second, scratch), scratch)
            || (isSent && AreSameAsRead(reader, read, second, scratch));
    }

    // What a conversion makes nothing of is still a value that somebody typed.
    private static bool AreSameAsRead(PropertyReader reader, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Utf8Scratch scratch)
        => !first.IsEmpty && !second.IsEmpty && (first.SequenceEqual(second) || reader.Comparison.AreEqual(first, second, scratch));
}
