using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Number;

/// <summary>The canonical text of a number: plain digits, at most one point, no zeros that say nothing, no exponent.</summary>
internal static class PlainNumber
{
    /// <param name="fraction">How many of the digits follow the point; negative for zeros to append.</param>
    internal static ReadOnlySpan<byte> Write(bool negative, ReadOnlySpan<byte> digits, int fraction, Utf8Scratch scratch)
    {
        while (fraction > 0 && digits.Length > 0 && digits[^1] == '0')
        {
            digits = digits[..^1];
            fraction--;
        }

        digits = digits.TrimStart((byte)'0');
        if (digits.IsEmpty)
        {
            return "0"u8;
        }

        int whole = Math.Max(digits.Length - fraction, 0);
        Span<byte> room = scratch.Take(1 + Math.Max(whole, 1) + (fraction > 0 ? 1 + fraction : 0));
        int used = 0;
        if (negative)
        {
            room[used++] = (byte)'-';
        }

        if (whole == 0)
        {
            room[used++] = (byte)'0';
        }

        int given = Math.Min(whole, digits.Length);
        digits[..given].CopyTo(room[used..]);
        room.Slice(used + given, whole - given).Fill((byte)'0');
        used += whole;
        if (fraction > 0)
        {
            room[used++] = (byte)'.';
            int zeros = fraction - (digits.Length - given);
            room.Slice(used, zeros).Fill((byte)'0');
            digits[given..].CopyTo(room[(used + zeros)..]);
            used += fraction;
        }

        scratch.GiveBack(room.Length - used);
        return room[..used];
    }

    /// <summary>Writes a number that has an exponent, such as <c>1.5E+20</c>, without it.</summary>
    /// <param name="text">Sign, digits with at most one point, exponent; well-formed.</param>
    internal static ReadOnlySpan<byte> Expand(ReadOnlySpan<byte> text, Utf8Scratch scratch)
    {
        bool negative = text[0] == '-';
        text = negative ? text[1..] : text;
        int exponent = 0;
        int exponentAt = text.IndexOf((byte)'E');
        if (exponentAt >= 0)
        {
            _ = System.Buffers.Text.Utf8Parser.TryParse(text[(exponentAt + 1)..], out exponent, out _);
            text = text[..exponentAt];
        }

        Span<byte> digits = scratch.Take(text.Length);
        int pointAt = text.IndexOf((byte)'.');
        if (pointAt < 0)
        {
            text.CopyTo(digits);
            return Write(negative, digits, -exponent, scratch);
        }

        text[..pointAt].CopyTo(digits);
        text[(pointAt + 1)..].CopyTo(digits[pointAt..]);
        return Write(negative, digits[..^1], text.Length - pointAt - 1 - exponent, scratch);
    }
}
