namespace Recon.Dataflow.Extract;

/// <summary>
/// The white space that is taken off around every value: Unicode's white space, no-break spaces (U+00A0, U+202F)
/// included, and the invisible characters U+200B to U+200D, U+2060 and U+FEFF. What is inside a value stays.
/// </summary>
public static class OuterWhitespace
{
    /// <summary>Takes white space and invisible characters off both ends.</summary>
    /// <param name="value">Valid UTF-8.</param>
    /// <returns>A slice of <paramref name="value"/>; empty when nothing else was there.</returns>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value)
    {
        // Nearly every value starts and ends with a visible ASCII character.
        if (!value.IsEmpty && IsVisibleAscii(value[0]) && IsVisibleAscii(value[^1]))
        {
            return value;
        }

        while (!value.IsEmpty && LengthAtStart(value) is > 0 and int length)
        {
            value = value[length..];
        }

        while (!value.IsEmpty && LengthAtEnd(value) is > 0 and int length)
        {
            value = value[..^length];
        }

        return value;
    }

    /// <summary>As the other <see cref="Trim(ReadOnlySpan{byte})"/>, for header names and settings.</summary>
    /// <param name="value">Any text.</param>
    /// <returns>The text without outer white space.</returns>
    public static string Trim(string value)
        => System.Text.Encoding.UTF8.GetString(Trim(System.Text.Encoding.UTF8.GetBytes(value)));

    private static bool IsVisibleAscii(byte value) => value is > 0x20 and < 0x80;

    private static bool IsAsciiSpace(byte value) => value is 0x20 or (>= 0x09 and <= 0x0D);

    private static int LengthAtStart(ReadOnlySpan<byte> value)
    {
        if (value[0] < 0x80)
        {
            return IsAsciiSpace(value[0]) ? 1 : 0;
        }

        if (value.Length >= 2 && IsTwoByteSpace(value[0], value[1]))
        {
            return 2;
        }

        return value.Length >= 3 && IsThreeByteSpace(value[0], value[1], value[2]) ? 3 : 0;
    }

    private static int LengthAtEnd(ReadOnlySpan<byte> value)
    {
        if (value[^1] < 0x80)
        {
            return IsAsciiSpace(value[^1]) ? 1 : 0;
        }

        if (value.Length >= 2 && IsTwoByteSpace(value[^2], value[^1]))
        {
            return 2;
        }

        return value.Length >= 3 && IsThreeByteSpace(value[^3], value[^2], value[^1]) ? 3 : 0;
    }

    // U+0085, U+00A0
    private static bool IsTwoByteSpace(byte first, byte second) => first == 0xC2 && second is (0x85 or 0xA0);

    private static bool IsThreeByteSpace(byte first, byte second, byte third) => (first, second, third) switch
    {
        (0xE2, 0x80, >= 0x80 and <= 0x8D) => true, // U+2000 to U+200A, and zero-width U+200B to U+200D
        (0xE2, 0x80, 0xA8 or 0xA9 or 0xAF) => true, // U+2028, U+2029, U+202F
        (0xE2, 0x81, 0x9F or 0xA0) => true, // U+205F, U+2060
        (0xE3, 0x80, 0x80) => true, // U+3000
        (0xE1, 0x9A, 0x80) => true, // U+1680
        (0xEF, 0xBB, 0xBF) => true, // U+FEFF
        _ => false,
    };
}
