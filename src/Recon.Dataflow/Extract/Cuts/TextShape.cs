using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract.Cuts;

/// <summary>
/// Tells texts apart by their shape. Numbers, codes and sentences made from a template have one shape however often they
/// occur, so that their piles are not taken for cuts.
/// </summary>
internal static class TextShape
{
    private const int Head = 192;
    private const int Tail = 64;

    /// <summary>A hash of the length, the beginning and the end; where digits are among them, all digits and all letters count as one.</summary>
    public static ulong Of(ReadOnlySpan<byte> text)
    {
        Span<byte> shape = stackalloc byte[Head + Tail + sizeof(int)];
        int length = Math.Min(text.Length, Head + Tail);
        text[..Math.Min(text.Length, Head)].CopyTo(shape);
        if (text.Length > Head)
        {
            text[^(length - Head)..].CopyTo(shape[Head..]);
        }

        Span<byte> seen = shape[..length];
        if (seen.ContainsAnyInRange((byte)'0', (byte)'9'))
        {
            foreach (ref byte character in seen)
            {
                character = character switch
                {
                    >= (byte)'0' and <= (byte)'9' => (byte)'0',
                    (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or >= 0x80 => (byte)'a',
                    _ => character,
                };
            }
        }

        _ = BitConverter.TryWriteBytes(shape[length..], text.Length);
        return KeyHash.Of(shape[..(length + sizeof(int))]);
    }
}
