using System.Buffers.Binary;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Number;

namespace Recon.Dataflow.Batches;

/// <summary>PostgreSQL's binary <c>numeric</c>: digits to base 10,000, a weight, a sign, a scale.</summary>
internal static class MirrorNumeric
{
    private const int HeaderLength = 8;
    private const int Positive = 0x0000;
    private const int Negative = 0x4000;

    /// <summary>Reads a number as plain digits; a malformed one reads as null.</summary>
    internal static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> raw, Utf8Scratch scratch)
    {
        if (raw.Length < HeaderLength)
        {
            return default;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(raw);
        int weight = BinaryPrimitives.ReadInt16BigEndian(raw[2..]);
        int sign = BinaryPrimitives.ReadUInt16BigEndian(raw[4..]);
        if (sign is not (Positive or Negative))
        {
            return sign switch { 0xC000 => "NaN"u8, 0xD000 => "Infinity"u8, 0xF000 => "-Infinity"u8, _ => default };
        }

        if (raw.Length != HeaderLength + (count * 2))
        {
            return default;
        }

        Span<byte> digits = scratch.Take(count * 4);
        for (int at = 0; at < count; at++)
        {
            int group = BinaryPrimitives.ReadUInt16BigEndian(raw[(HeaderLength + (at * 2))..]);
            for (int place = 3; place >= 0; place--)
            {
                digits[(at * 4) + place] = (byte)('0' + (group % 10));
                group /= 10;
            }
        }

        // The first group counts 10,000 ^ weight, so that this many digits follow the point.
        return PlainNumber.Write(sign == Negative, digits, (count - 1 - weight) * 4, scratch);
    }
}
