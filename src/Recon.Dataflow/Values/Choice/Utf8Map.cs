using System.Diagnostics.CodeAnalysis;
using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Choice;

/// <summary>A read-only map of texts that is asked with UTF-8 spans, without making strings.</summary>
internal sealed class Utf8Map
{
    private readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> _values;
    private readonly bool _ignoreCase;

    /// <summary>Makes the map. Of several values for one key, the last counts.</summary>
    internal Utf8Map(IEnumerable<KeyValuePair<string, string>> values, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
        Utf8Scratch scratch = new();
        Dictionary<byte[], byte[]> map = new(Utf8Comparer.Instance);
        foreach ((string key, string value) in values)
        {
            ReadOnlySpan<byte> bytes = CanonicalForm.Of(Utf8WhiteSpace.Trim(Encoding.UTF8.GetBytes(key)), scratch);
            map[(ignoreCase ? Utf8Case.Lower(bytes, scratch) : bytes).ToArray()] = Encoding.UTF8.GetBytes(value);
            LongestValue = Math.Max(LongestValue, Encoding.UTF8.GetByteCount(value));
            scratch.Reset();
        }

        Count = map.Count;
        _values = map.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>How many keys it has.</summary>
    internal int Count { get; }

    /// <summary>Length of the longest value, in bytes.</summary>
    internal int LongestValue { get; }

    /// <summary>Finds the value of a trimmed key, however its accents are encoded.</summary>
    internal bool TryFind(ReadOnlySpan<byte> key, Utf8Scratch scratch, [NotNullWhen(true)] out byte[]? value)
    {
        key = CanonicalForm.Of(key, scratch);
        return _values.TryGetValue(_ignoreCase ? Utf8Case.Lower(key, scratch) : key, out value);
    }
}
