using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Push.Meaning;

/// <summary>
/// Whether two values of a HubSpot property mean the same, by the definition's own comparison of that property. Immutable and
/// shared; the scratch room of a caller is its own.
/// </summary>
internal sealed class LiveValues
{
    private readonly Dictionary<(string Type, string Property), LiveProperty> _properties;

    private LiveValues(Dictionary<(string Type, string Property), LiveProperty> properties) => _properties = properties;

    /// <param name="context">The conversions' zone, region and map files.</param>
    /// <exception cref="ConversionSetupException">A map file cannot be read.</exception>
    public static LiveValues Of(ValidPipeline pipeline, ConversionContext context)
    {
        Dictionary<(string Type, string Property), LiveProperty> properties = [];
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

                properties.TryAdd((type, named?.Name ?? property.Property), new LiveProperty(reader, named?.Values));
            }
        }

        return new LiveValues(properties);
    }

    /// <summary>Whether two values mean the same; empty and none are the same.</summary>
    /// <remarks>A property that the definition does not have any more is compared byte for byte.</remarks>
    public bool AreSame(string type, string property, string? left, string? right, Utf8Scratch scratch)
    {
        left ??= "";
        right ??= "";
        return string.Equals(left, right, StringComparison.Ordinal)
            || (left.Length > 0 && right.Length > 0
                && _properties.TryGetValue((type, property), out LiveProperty? known) && known.AreSame(left, right, scratch));
    }
}

/// <summary>How the values of one property of one object type are compared.</summary>
/// <param name="values">HubSpot's value for each value of the mirror; none where they are the same.</param>
internal sealed class LiveProperty(PropertyReader reader, IReadOnlyDictionary<string, string>? values)
{
    /// <summary>Whether two different values, neither empty, mean the same.</summary>
    public bool AreSame(string left, string right, Utf8Scratch scratch)
    {
        scratch.Reset();
        string one = values?.GetValueOrDefault(left) ?? left;
        string other = values?.GetValueOrDefault(right) ?? right;
        if (string.Equals(one, other, StringComparison.Ordinal))
        {
            return true;
        }

        ReadOnlySpan<byte> first = scratch.Encode(one);
        ReadOnlySpan<byte> second = scratch.Encode(other);
        return reader.Comparison.AreEqual(first, second, scratch)
            || AreSameAsRead(reader.ReadMirror(first, scratch), reader.ReadMirror(second, scratch), scratch)
            // What is sent has been converted already, what HubSpot holds has not.
            || AreSameAsRead(reader.ReadMirror(first, scratch), second, scratch)
            || AreSameAsRead(first, reader.ReadMirror(second, scratch), scratch);
    }

    // What a conversion makes nothing of is still a value that somebody typed.
    private bool AreSameAsRead(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Utf8Scratch scratch)
        => !first.IsEmpty && !second.IsEmpty && (first.SequenceEqual(second) || reader.Comparison.AreEqual(first, second, scratch));
}
