using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>The texts that mean "no value" in one column, compared exactly with the trimmed value.</summary>
internal sealed class NullSpellings
{
    private readonly byte[][] _texts;
    private readonly int _longest;
    private readonly bool[] _starts = new bool[256];

    public NullSpellings(IEnumerable<string> texts)
    {
        _texts = [.. texts.Select(Utf8WhiteSpace.Trim).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes)];
        foreach (byte[] text in _texts)
        {
            _longest = Math.Max(_longest, text.Length);
            _starts[text.Length == 0 ? 0 : text[0]] = true;
        }
    }

    /// <summary>Whether the trimmed value means "no value".</summary>
    public bool Holds(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return true;
        }

        if (value.Length > _longest || !_starts[value[0]])
        {
            return false;
        }

        foreach (byte[] text in _texts)
        {
            if (value.SequenceEqual(text))
            {
                return true;
            }
        }

        return false;
    }
}
