using System.Buffers;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Time;

namespace Recon.Postgres.Wire;

/// <summary>Values of text mirrors in the form that typed staging columns take.</summary>
internal static class MirrorValue
{
    private static readonly SearchValues<byte> s_digitsAndPoint = SearchValues.Create("0123456789."u8);

    /// <summary>Reads a value by meaning, as the comparisons do, and writes it canonically.</summary>
    /// <param name="scratch">Room; the result stays valid until it is reset.</param>
    /// <returns>The canonical text; the text itself when it is canonical already, or is not of the type.</returns>
    internal static ReadOnlySpan<byte> Canonical(ReadOnlySpan<byte> text, StagedType type, Utf8Scratch scratch)
    {
        switch (type)
        {
            case StagedType.Bigint when text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0:
            case StagedType.Numeric when text.IndexOfAnyExcept(s_digitsAndPoint) >= 0:
                return DecimalText.TryParse(text, out DecimalText number) && number.Plain(scratch) is { IsEmpty: false } plain
                    ? plain
                    : text;
            case StagedType.Timestamptz when !IsoTime.TryParseCanonical(text, out _):
                return MirrorInstant.TryRead(text, out long milliseconds)
                    && Calendar.WriteInstant(milliseconds, scratch) is { IsEmpty: false } instant
                    ? instant
                    : text;
            default:
                return text;
        }
    }
}
