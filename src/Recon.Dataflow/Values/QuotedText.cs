using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values;

/// <summary>Text columns that were filled from JSON hold values in its quotes.</summary>
internal static class QuotedText
{
    /// <summary>A value without white space and one pair of quotes around it.</summary>
    internal static ReadOnlySpan<byte> Strip(ReadOnlySpan<byte> value)
    {
        value = Utf8WhiteSpace.Trim(value);
        return value.Length > 2 && value[0] == '"' && value[^1] == '"' ? Utf8WhiteSpace.Trim(value[1..^1]) : value;
    }
}
