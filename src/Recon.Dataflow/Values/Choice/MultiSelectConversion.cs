using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>Turns a separated list into <c>a;b</c>: the order is kept, blanks and duplicates are removed.</summary>
internal sealed class MultiSelectConversion(MultiSelectDefinition definition) : IConversion
{
    private readonly byte _separator = (byte)definition.Separator[0];
    private readonly UnmappedPolicy _onUnmapped = definition.OnUnmapped;
    private readonly Utf8Map? _values = definition.Values is null ? null : new(definition.Values, definition.IgnoreCase);

    /// <summary>The items that it knows, with what it makes of them; empty when it takes all.</summary>
    public IEnumerable<KeyValuePair<string, string>> Options => definition.Values ?? new Dictionary<string, string>();

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        // No item comes twice, so that there are at most as many of those that the map makes as it has values.
        int longest = _values?.LongestValue ?? 0;
        int items = longest == 0 ? 0 : Math.Min(value.Count(_separator) + value.Count((byte)';') + 1, _values!.Count);
        Span<byte> room = scratch.Take(value.Length + 1 + (items * (longest + 1)));
        Utf8List list = new(room);
        while (!value.IsEmpty)
        {
            int end = value.IndexOfAny(_separator, (byte)';');
            ReadOnlySpan<byte> item = Utf8WhiteSpace.Trim(end < 0 ? value : value[..end]);
            value = end < 0 ? default : value[(end + 1)..];
            if (!item.IsEmpty && _values is not null)
            {
                if (_values.TryFind(item, scratch, out byte[]? mapped))
                {
                    item = mapped;
                }
                else if (_onUnmapped != UnmappedPolicy.Pass)
                {
                    return ConvertedValue.Fail(ValueRejectReasons.Unmapped, _onUnmapped == UnmappedPolicy.RejectRow);
                }
            }

            list.Add(item);
        }

        return ConvertedValue.Of(list.Text);
    }
}
