using System.Buffers;
using System.Text;

namespace Recon.Dataflow.Text;

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
