using System.Buffers;
using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Removes white space around the value.</summary>
internal sealed class TrimConversion : IConversion
{
    public string Kind => "trim";

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
        => ConvertedValue.Of(Utf8WhiteSpace.Trim(value));
}

/// <summary>Makes every run of white space one space.</summary>
internal sealed class CollapseConversion : IConversion
{
    public string Kind => "collapse";

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        Span<byte> room = scratch.Take(value.Length);
        int used = 0;
        bool gap = false;
        while (!value.IsEmpty)
        {
            int length = value[0] < 0x80 ? 1 : Runes.Length(value);
            if (value[0] is 0x20 or (>= 0x09 and <= 0x0D) or >= 0x80 && Runes.At(value) is int rune && Utf8WhiteSpace.IsSpace(rune))
            {
                gap = true;
            }
            else if (!(value[0] >= 0x80 && Utf8WhiteSpace.IsInvisible(Runes.At(value))))
            {
                if (gap)
                {
                    room[used++] = (byte)' ';
                    gap = false;
                }

                value[..length].CopyTo(room[used..]);
                used += length;
            }

            value = value[length..];
        }

        scratch.GiveBack(room.Length - used);
        return ConvertedValue.Of(room[..used]);
    }
}

/// <summary>Cuts a value that is too long, never in the middle of a character.</summary>
internal sealed class TruncateConversion(int most) : IConversion
{
    public string Kind => "truncate";

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        // At this point: a text has at most as many UTF-16 units as UTF-8 bytes.
        if (value.Length <= most)
        {
            return ConvertedValue.Of(value);
        }

        int at = 0;
        int units = 0;
        while (at < value.Length)
        {
            int length = Runes.Length(value[at..]);
            units += length == 4 ? 2 : 1;
            if (units > most)
            {
                return ConvertedValue.Of(value[..at], ValueRemarks.Truncated);
            }

            at += length;
        }

        return ConvertedValue.Of(value);
    }
}

/// <summary>Characters of UTF-8 text that may be broken.</summary>
internal static class Runes
{
    /// <summary>The first character; U+FFFD for a broken one.</summary>
    internal static int At(ReadOnlySpan<byte> text)
    {
        _ = Rune.DecodeFromUtf8(text, out Rune rune, out _);
        return rune.Value;
    }

    /// <summary>Length of the first character in bytes, also of a broken one; at least 1.</summary>
    internal static int Length(ReadOnlySpan<byte> text)
    {
        _ = Rune.DecodeFromUtf8(text, out _, out int length);
        return length;
    }

    /// <summary>Whether the first character is not broken.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> text, out Rune rune, out int length)
        => Rune.DecodeFromUtf8(text, out rune, out length) == OperationStatus.Done;
}
