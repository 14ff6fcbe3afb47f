using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>Replaces values by others. What it does not know is never defaulted.</summary>
internal sealed class MapConversion(
    IEnumerable<KeyValuePair<string, string>> values, bool ignoreCase, UnmappedPolicy onUnmapped) : IConversion
{
    private readonly Utf8Map _values = new(values, ignoreCase);

    /// <summary>The values that it knows, with what it makes of them.</summary>
    public IEnumerable<KeyValuePair<string, string>> Options => values;

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        if (value.IsEmpty)
        {
            return ConvertedValue.Of(default);
        }

        if (_values.TryFind(value, scratch, out byte[]? found))
        {
            return ConvertedValue.Of(found);
        }

        return onUnmapped == UnmappedPolicy.Pass
            ? ConvertedValue.Of(value)
            : ConvertedValue.Fail(ValueRejectReasons.Unmapped, onUnmapped == UnmappedPolicy.RejectRow);
    }
}
