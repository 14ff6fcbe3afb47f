using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>The texts that mean "no value" in one column, compared exactly with the trimmed value.</summary>
internal sealed class NullSpellings
{
    private readonly byte[][] _texts;
    private readonly int _longest;

    public NullSpellings(IEnumerable<string> texts)
    {
        _texts = [.. texts.Select(Utf8WhiteSpace.Trim).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
        _longest = _texts.Length == 0 ? 0 : _texts.Max(text => text.Length);
    }

    /// <summary>Whether the trimmed value means "no value".</summary>
    public bool Holds(ReadOnlySpan<byte> value)
    {
        if (value.Length > _longest)
        {
            return value.IsEmpty;
        }

        foreach (byte[] text in _texts)
        {
            if (value.SequenceEqual(text))
            {
                return true;
            }
        }

        return value.IsEmpty;
    }
}
