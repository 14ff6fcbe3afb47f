using System.Buffers;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Web;

/// <summary>Writes an e-mail address in lower case, without <c>mailto:</c> and angle brackets.</summary>
internal sealed class EmailConversion : IConversion
{
    // What RFC 5321 allows only between quotes, and nobody has.
    private static readonly SearchValues<byte> s_forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0x21).Select(control => (byte)control), .. "()<>[]:;@\\,\"\x7F"u8]);

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Unwrap(value);
        if (value.IsEmpty)
        {
            return ConvertedValue.Of(default);
        }

        int at = value.IndexOf((byte)'@');
        if (at < 0 || !IsLocalPart(value[..at]) || !WebHost.IsHost(value[(at + 1)..]))
        {
            return ConvertedValue.Fail(ValueRejectReasons.NotAnEmail);
        }

        return ConvertedValue.Of(Utf8Case.Lower(value, scratch));
    }

    private static ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> value)
    {
        while (true)
        {
            value = Utf8WhiteSpace.Trim(value);
            if (value.Length >= 2 && value[0] == '<' && value[^1] == '>')
            {
                value = value[1..^1];
            }
            else if (value.Length >= 7 && System.Text.Ascii.EqualsIgnoreCase(value[..7], "mailto:"u8))
            {
                value = value[7..];
            }
            else
            {
                return value;
            }
        }
    }

    private static bool IsLocalPart(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 64 || text[0] == '.' || text[^1] == '.'
            || text.IndexOfAny(s_forbidden) >= 0 || text.IndexOf(".."u8) >= 0)
        {
            return false;
        }

        // ASCII is done: the forbidden hold its white space.
        int other = text.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        text = other < 0 ? default : text[other..];
        while (!text.IsEmpty)
        {
            if (!Runes.TryRead(text, out _, out int length) || Utf8WhiteSpace.LeadingBlank(text) > 0)
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }
}
