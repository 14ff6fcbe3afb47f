using System.Buffers.Binary;
using System.Buffers.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Postgres.Wire;

/// <summary>Encodes canonical texts as PostgreSQL's binary <c>numeric</c>, <c>bigint</c> and <c>timestamptz</c>.</summary>
internal static class PostgresBinary
{
    private const int MaxGroups = 64;

    // From 1970-01-01 to 2000-01-01, where PostgreSQL begins to count.
    private const long MillisecondsTo2000 = 946_684_800_000;

    /// <summary>Writes a decimal text as <c>numeric</c>, or null when it is not one.</summary>
    /// <param name="text">Digits with at most one point and a leading sign; empty for null.</param>
    public static void WriteNumeric(BinaryCopyBuffer to, ReadOnlySpan<byte> text)
    {
        Span<byte> encoded = stackalloc byte[8 + (2 * MaxGroups)];
        if (TryEncodeNumeric(text, encoded, out int length))
        {
            to.WriteBytes(encoded[..length]);
        }
        else
        {
            to.WriteNull();
        }
    }

    /// <summary>Writes an integer text as <c>bigint</c>, or null when it is not one.</summary>
    /// <param name="text">Digits with a leading sign; empty for null.</param>
    public static void WriteBigint(BinaryCopyBuffer to, ReadOnlySpan<byte> text)
    {
        if (Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length)
        {
            to.WriteInt64(value);
        }
        else
        {
            to.WriteNull();
        }
    }

    /// <summary>Writes an ISO 8601 instant as <c>timestamptz</c>, or null when it is not one.</summary>
    /// <param name="text"><c>yyyy-MM-ddTHH:mm:ss[.fff]Z</c> or <c>yyyy-MM-dd</c>; empty for null.</param>
    public static void WriteTimestampTz(BinaryCopyBuffer to, ReadOnlySpan<byte> text)
    {
        if (IsoTime.TryParseCanonical(text, out long milliseconds))
        {
            to.WriteInt64((milliseconds - MillisecondsTo2000) * 1000);
        }
        else
        {
            to.WriteNull();
        }
    }

    private static bool TryEncodeNumeric(ReadOnlySpan<byte> text, Span<byte> to, out int length)
    {
        length = 0;
        bool negative = text.StartsWith("-"u8);
        ReadOnlySpan<byte> digits = text[(negative || text.StartsWith("+"u8) ? 1 : 0)..];
        int point = digits.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = (point < 0 ? digits : digits[..point]).TrimStart((byte)'0');
        ReadOnlySpan<byte> fraction = point < 0 ? default : digits[(point + 1)..];
        if (digits.IsEmpty || (whole.Length + fraction.Length == 0 && digits.IndexOf((byte)'0') < 0)
            || whole.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0
            || fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0
            || whole.Length > 4 * (MaxGroups / 2) || fraction.Length > 4 * (MaxGroups / 2))
        {
            return false;
        }

        // A group is a digit of base 10,000; groups meet at the decimal point.
        int wholeGroups = (whole.Length + 3) / 4;
        int fractionGroups = (fraction.Length + 3) / 4;
        int first = -1;
        int last = -1;
        Span<short> groups = stackalloc short[wholeGroups + fractionGroups];
        for (int group = 0; group < groups.Length; group++)
        {
            int value = 0;
            for (int digit = 0; digit < 4; digit++)
            {
                value = (value * 10) + DigitAt(whole, fraction, ((group - wholeGroups) * 4) + digit);
            }

            groups[group] = (short)value;
            if (value != 0)
            {
                first = first < 0 ? group : first;
                last = group;
            }
        }

        int count = first < 0 ? 0 : last - first + 1;
        BinaryPrimitives.WriteInt16BigEndian(to, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(to[2..], (short)(count == 0 ? 0 : wholeGroups - 1 - first));
        BinaryPrimitives.WriteUInt16BigEndian(to[4..], negative && count > 0 ? (ushort)0x4000 : (ushort)0);
        BinaryPrimitives.WriteInt16BigEndian(to[6..], (short)fraction.Length);
        for (int group = 0; group < count; group++)
        {
            BinaryPrimitives.WriteInt16BigEndian(to[(8 + (2 * group))..], groups[first + group]);
        }

        length = 8 + (2 * count);
        return true;
    }

    // Digits before the point have negative places: -1 is the last one.
    private static int DigitAt(ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int place)
    {
        if (place < 0)
        {
            int at = whole.Length + place;
            return at < 0 ? 0 : whole[at] - '0';
        }

        return place < fraction.Length ? fraction[place] - '0' : 0;
    }
}
