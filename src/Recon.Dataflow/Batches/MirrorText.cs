using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Number;
using Calendar = Recon.Dataflow.Values.Time.Calendar;

namespace Recon.Dataflow.Batches;

/// <summary>Turns PostgreSQL's binary values into the canonical text that conversions make.</summary>
internal static class MirrorText
{
    private const long EpochMilliseconds = 946_684_800_000; // 2000-01-01T00:00:00Z, where PostgreSQL counts from.
    private const int EpochDays = 10_957;
    private const int LongestFloat = 32; // -1.7976931348623157E+308 has 23 characters.

    /// <param name="raw">The value in PostgreSQL's binary form; empty for null.</param>
    /// <param name="scratch">Room; the result stays valid until it is reset.</param>
    /// <returns>
    /// Canonical UTF-8 text; empty for null. Numbers are plain digits, days <c>yyyy-MM-dd</c>, times ISO 8601 UTC to the
    /// millisecond, infinities and NaN their names. A value whose length does not fit its type reads as null: the wire
    /// protocol never sends one.
    /// </returns>
    public static ReadOnlySpan<byte> Read(ReadOnlySpan<byte> raw, MirrorType type, Utf8Scratch scratch)
        => type switch
        {
            MirrorType.Text => raw,
            MirrorType.Int2 when raw.Length == 2 => Integer(BinaryPrimitives.ReadInt16BigEndian(raw), scratch),
            MirrorType.Int4 when raw.Length == 4 => Integer(BinaryPrimitives.ReadInt32BigEndian(raw), scratch),
            MirrorType.Int8 when raw.Length == 8 => Integer(BinaryPrimitives.ReadInt64BigEndian(raw), scratch),
            MirrorType.Numeric => MirrorNumeric.Read(raw, scratch),
            MirrorType.Float4 when raw.Length == 4 => Float(BinaryPrimitives.ReadSingleBigEndian(raw), scratch),
            MirrorType.Float8 when raw.Length == 8 => Float(BinaryPrimitives.ReadDoubleBigEndian(raw), scratch),
            MirrorType.Boolean when raw.Length == 1 => raw[0] == 0 ? "false"u8 : "true"u8,
            MirrorType.Date when raw.Length == 4 => Date(BinaryPrimitives.ReadInt32BigEndian(raw), scratch),
            MirrorType.Timestamp or MirrorType.TimestampTz when raw.Length == 8
                => Timestamp(BinaryPrimitives.ReadInt64BigEndian(raw), scratch),
            MirrorType.Json => MirrorJson.Read(raw, scratch),
            MirrorType.Jsonb when raw.Length > 1 => MirrorJson.Read(raw[1..], scratch),
            MirrorType.Uuid when raw.Length == 16 => Uuid(raw, scratch),
            _ => default,
        };

    private static ReadOnlySpan<byte> Integer(long value, Utf8Scratch scratch)
    {
        Span<byte> room = scratch.Take(20);
        _ = Utf8Formatter.TryFormat(value, room, out int written);
        scratch.GiveBack(room.Length - written);
        return room[..written];
    }

    private static ReadOnlySpan<byte> Float<T>(T value, Utf8Scratch scratch)
        where T : IBinaryFloatingPointIeee754<T>
    {
        Span<byte> room = scratch.Take(LongestFloat);
        _ = value.TryFormat(room, out int written, "R", CultureInfo.InvariantCulture);
        return T.IsFinite(value) ? PlainNumber.Expand(room[..written], scratch)
            : T.IsNaN(value) ? "NaN"u8 : T.IsPositive(value) ? "Infinity"u8 : "-Infinity"u8;
    }

    private static ReadOnlySpan<byte> Date(int days, Utf8Scratch scratch)
        => days switch
        {
            int.MaxValue => "infinity"u8,
            int.MinValue => "-infinity"u8,
            _ => OrOutOfRange(Calendar.WriteDay((long)days + EpochDays, scratch)),
        };

    private static ReadOnlySpan<byte> Timestamp(long microseconds, Utf8Scratch scratch)
        => microseconds switch
        {
            long.MaxValue => "infinity"u8,
            long.MinValue => "-infinity"u8,
            _ => OrOutOfRange(Calendar.WriteInstant(FloorToMilliseconds(microseconds) + EpochMilliseconds, scratch)),
        };

    private static long FloorToMilliseconds(long microseconds)
    {
        long milliseconds = microseconds / 1000;
        return microseconds % 1000 < 0 ? milliseconds - 1 : milliseconds;
    }

    private static ReadOnlySpan<byte> Uuid(ReadOnlySpan<byte> raw, Utf8Scratch scratch)
    {
        Span<byte> room = scratch.Take(36);
        _ = new Guid(raw, bigEndian: true).TryFormat(room, out _);
        return room;
    }

    /// <summary>A year beyond 9999 or before 1 is real in PostgreSQL: it must differ, and must not read as null.</summary>
    private static ReadOnlySpan<byte> OrOutOfRange(ReadOnlySpan<byte> text) => text.IsEmpty ? "out of range"u8 : text;
}
