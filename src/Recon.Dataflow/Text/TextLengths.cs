using System.Text;

namespace Recon.Dataflow.Text;

/// <summary>What a tool counts when it cuts texts.</summary>
internal enum TextMeasure
{
    /// <summary>UTF-16 units.</summary>
    Units,

    /// <summary>Unicode characters.</summary>
    Characters,

    /// <summary>Bytes as UTF-8.</summary>
    Bytes,

    /// <summary>UTF-16 units, where every line end was CR LF: the file has other line ends than the text that was cut.</summary>
    UnitsWithPairs,

    /// <summary>UTF-16 units, where every line end was one character.</summary>
    UnitsWithSingles,
}

/// <summary>A length and what it counts.</summary>
internal readonly record struct TextLength(int Length, TextMeasure Measure)
{
    /// <summary>For people: <c>4,000 characters</c>.</summary>
    public override string ToString() => $"{CountText.Show(Length)} {(Measure == TextMeasure.Bytes ? "bytes" : "characters")}";
}

/// <summary>
/// A text's length in every measure. U+FFFD at the end counts as one byte: it stands for what a cut left of a character, mostly one
/// of two bytes, and not for the three that it takes.
/// </summary>
internal readonly struct TextLengths
{
    private TextLengths(int bytes, int units, int characters, int pairs, int singles)
    {
        (Bytes, Units, Characters) = (bytes, units, characters);
        (UnitsWithPairs, UnitsWithSingles) = (units + singles, units - pairs);
    }

    public int Bytes { get; }

    public int Units { get; }

    public int Characters { get; }

    public int UnitsWithPairs { get; }

    public int UnitsWithSingles { get; }

    /// <summary>Whether the length is the same in every measure, as of ASCII on one line.</summary>
    public bool IsOne => Bytes == Units && Units == UnitsWithPairs && Units == UnitsWithSingles;

    public int this[TextMeasure measure] => measure switch
    {
        TextMeasure.Units => Units,
        TextMeasure.Characters => Characters,
        TextMeasure.Bytes => Bytes,
        TextMeasure.UnitsWithPairs => UnitsWithPairs,
        TextMeasure.UnitsWithSingles => UnitsWithSingles,
        _ => throw new ArgumentOutOfRangeException(nameof(measure)),
    };

    public static TextLengths Of(ReadOnlySpan<byte> text)
    {
        int units = Encoding.UTF8.GetCharCount(text);
        int characters = units;
        if (units != text.Length)
        {
            // What takes four bytes takes two units.
            characters -= CountFrom(text, 0xF0);
        }

        int pairs = 0;
        int singles = 0;
        if (text.IndexOfAny((byte)'\r', (byte)'\n') >= 0)
        {
            pairs = text.Count("\r\n"u8);
            singles = text.Count((byte)'\n') + text.Count((byte)'\r') - (2 * pairs);
        }

        return new TextLengths(text.Length - (2 * LostAtEnd(text)), units, characters, pairs, singles);
    }

    private static int LostAtEnd(ReadOnlySpan<byte> text)
    {
        int count = 0;
        for (; text.EndsWith("\uFFFD"u8); text = text[..^3])
        {
            count++;
        }

        return count;
    }

    private static int CountFrom(ReadOnlySpan<byte> text, byte least)
    {
        int count = 0;
        for (int at = text.IndexOfAnyInRange(least, (byte)0xFF); at >= 0; at = text.IndexOfAnyInRange(least, (byte)0xFF))
        {
            count++;
            text = text[(at + 1)..];
        }

        return count;
    }
}
