using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>
/// What bytes that are not valid look like: the sample is decoded in every candidate, and what reads best is named, with the
/// words around the byte, so that a person decides.
/// </summary>
internal static class EncodingGuess
{
    private const int MostNamed = 3;
    private const int WordsAround = 16;
    private const int FewestDoubted = 20;

    // Too near to windows-1252 to be told from it by where letters stand.
    private const string Turkish = "windows-1254";

    // The points of a letter that stands where such letters do are 1 to 2, of one that does not, below 0.
    private const double ReadsWell = 1;
    private const string CommonLetters = "éèàçêâîôûëïüöäßñóíáúåøæãõìòùœıřěščžůýąęłńśźżćőű";

    private static readonly (string Name, string Label)[] s_candidates =
    [
        ("windows-1252", "Windows text"), ("iso-8859-15", "ISO 8859-15 (Latin-9)"), ("macintosh", "Mac Roman"), ("ibm850", "text of DOS"), ("windows-1250", "Windows text of Central Europe"),
        ("windows-1251", "Cyrillic Windows text"), ("windows-1253", "Greek Windows text"), ("koi8-r", "KOI8-R"), ("big5", "Big5 (traditional Chinese)"),
        ("gb18030", "GB18030 (simplified Chinese)"), ("shift_jis", "Shift-JIS (Japanese)"), ("ks_c_5601-1987", "Korean Windows text"),
    ];

    /// <param name="bytes">Some bytes of the input around the bad one.</param>
    /// <param name="at">Where the bad one is.</param>
    public static string Sentence(TextEncoding declared, ReadOnlySpan<byte> bytes, int at)
    {
        if (declared.Name != "utf-8" && IsUtf8(bytes))
        {
            return "It is valid UTF-8: set \"encoding\": \"utf-8\".";
        }

        (int from, int to) = LineAround(bytes, at);
        List<(double Score, string Name, string Label, string Reading)> readings = [];
        foreach ((string name, string label) in s_candidates)
        {
            if (name != declared.Name && !declared.IsUtf16 && Read(name, bytes[from..]) is string text && Read(name, bytes[from..at]) is string before)
            {
                readings.Add((Score(text, TextEncoding.Find(name)!) / bytes[from..].Count(value => value >= 0x80), name, label, Around(Read(name, bytes[from..to]) ?? text, before.Length)));
            }
        }

        if (readings.Count == 0)
        {
            return "Is it cut, or in another encoding?";
        }

        // Of encodings in which it reads the same, the most common one.
        readings = [.. readings.DistinctBy(reading => reading.Reading).OrderByDescending(reading => reading.Score).Take(MostNamed)];
        bool clear = readings[0].Score > 0 && (readings.Count == 1 || readings[0].Score > readings[1].Score);
        string verdict = clear ? $"It looks like {readings[0].Label}: set \"encoding\": \"{readings[0].Name}\". " : "";
        return $"{verdict}It would read {string.Join(", ", readings.Select(reading => $"“{reading.Reading}” in {reading.Name}"))}. "
            + "Set \"encoding\" to the one that is right.";
    }

    /// <summary>The encodings in which bytes beyond ASCII can be read, the one in which they read best first.</summary>
    /// <param name="bytes">Lines of a file.</param>
    /// <returns>The name, the points of a letter, and the text; of encodings in which it reads the same, the most common one.</returns>
    public static IReadOnlyList<(string Name, double Score, string Text)> Rank(ReadOnlySpan<byte> bytes)
    {
        int beyond = bytes.Count(value => value >= 0x80);
        List<(string Name, double Score, string Text)> readings = [];
        foreach (string name in s_candidates.Select(candidate => candidate.Name).Append(Turkish))
        {
            if (Read(name, bytes) is { } text && TextEncoding.Find(name) is { } encoding)
            {
                readings.Add((encoding.Name, Score(text, encoding) / beyond, text));
            }
        }

        return [.. readings.DistinctBy(reading => reading.Text).OrderByDescending(reading => reading.Score)];
    }

    /// <summary>Whether a text of a code page with one byte for a character, in which any bytes are valid, is one of another encoding.</summary>
    /// <param name="bytes">A sample of the file.</param>
    /// <returns>What it looks like and what to set; <see langword="null"/> when it reads well enough, or there is too little to tell.</returns>
    public static string? Doubt(TextEncoding declared, ReadOnlySpan<byte> bytes)
    {
        int beyond = bytes.Count(value => value >= 0x80);
        if (declared.SingleByte is null || beyond < FewestDoubted)
        {
            return null;
        }

        if (IsUtf8(bytes))
        {
            return "the file is valid UTF-8. Set \"encoding\": \"utf-8\".";
        }

        double own = ScoreOf(declared.Name, bytes) / beyond;
        (double Score, string Name, string Label) best = (double.NegativeInfinity, "", "");
        foreach ((string name, string label) in s_candidates)
        {
            double score = name == declared.Name || TextEncoding.Find(name)!.SingleByte is null ? double.NegativeInfinity : ScoreOf(name, bytes) / beyond;
            best = score > best.Score ? (score, name, label) : best;
        }

        return best.Score >= ReadsWell && best.Score - own >= ReadsWell
            ? $"letters with accents stand where none do; it looks like {best.Label}. Compare some names, and set \"encoding\": \"{best.Name}\" if they read well then."
            : null;
    }

    private static double ScoreOf(string name, ReadOnlySpan<byte> bytes)
        => Read(name, bytes) is { } text ? Score(text, TextEncoding.Find(name)!) : double.NegativeInfinity;

    // Texts in other encodings hardly ever are, once they hold some letters beyond ASCII. The sample may cut a character at both ends.
    private static bool IsUtf8(ReadOnlySpan<byte> bytes)
    {
        int first = bytes.IndexOfAnyExceptInRange((byte)0x80, (byte)0xBF);
        ReadOnlySpan<byte> whole = first < 0 ? [] : bytes[first..^CutAtEnd(bytes)];
        return Utf8.IsValid(whole) && !Ascii.IsValid(whole);
    }

    // Bytes of a last character that is not there whole.
    private static int CutAtEnd(ReadOnlySpan<byte> bytes)
        => Rune.DecodeLastFromUtf8(bytes, out _, out int length) == OperationStatus.NeedMoreData ? length : 0;

    private static int Count(this ReadOnlySpan<byte> bytes, Func<byte, bool> what)
    {
        int count = 0;
        foreach (byte value in bytes)
        {
            count += what(value) ? 1 : 0;
        }

        return Math.Max(count, 1);
    }

    // From the start of a line, because no other byte is the start of a character for certain.
    private static (int From, int To) LineAround(ReadOnlySpan<byte> bytes, int at)
    {
        int end = bytes[at..].IndexOfAny((byte)'\n', (byte)'\r');
        return (bytes[..at].LastIndexOfAny((byte)'\n', (byte)'\r') + 1, end < 0 ? bytes.Length : at + end);
    }

    private static string? Read(string name, ReadOnlySpan<byte> bytes)
    {
        TextEncoding encoding = TextEncoding.Find(name)!;
        if (encoding.SingleByte is { } table)
        {
            byte[] utf8 = new byte[(bytes.Length * 3) + 3];
            int length = table.Decode(bytes, utf8, out int read);
            return read == bytes.Length ? Encoding.UTF8.GetString(utf8, 0, length) : null;
        }

        try
        {
            char[] text = new char[bytes.Length + 4];
            encoding.CodePage!.GetDecoder().Convert(bytes, text, flush: false, out _, out int length, out _);
            return new string(text, 0, length);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string Around(string line, int at)
    {
        int from = Math.Max(0, Math.Min(at, line.Length) - WordsAround);
        string cut = line[from..Math.Min(line.Length, at + WordsAround)];
        return string.Concat(cut.Select(one => char.IsControl(one) || char.IsSurrogate(one) ? ' ' : one)).Trim();
    }

    private static double Score(string text, TextEncoding encoding)
    {
        double score = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (text[at] >= 0x80)
            {
                score += ScoreOf(at == 0 ? ' ' : text[at - 1], text[at], at + 1 == text.Length ? ' ' : text[at + 1], encoding);
            }
        }

        return score;
    }

    private static double ScoreOf(char before, char one, char after, TextEncoding encoding)
    {
        bool inWord = char.IsLetter(before) && char.IsLetter(after);
        return one switch
        {
            '’' => char.IsLetter(before) ? 2.5 : 0.5,
            '‘' or '“' or '”' or '«' or '»' or '…' or '–' or '—' or '€' or '°' or '\u00A0' => inWord ? -2 : 1,
            >= '\u3000' and <= '\u303F' or >= '\uFF01' and <= '\uFF5E' => 1.5,
            >= '\u3040' and <= '\u30FF' => 4,
            >= '\uFF61' and <= '\uFF9F' or >= '\uE000' and <= '\uF8FF' => -3,
            _ when char.GetUnicodeCategory(one) == UnicodeCategory.OtherLetter && one >= '\u2E80' => ScoreOfIdeograph(before, one, after, encoding),
            _ when char.IsLetter(one) => ScoreOfLetter(before, one, after),
            _ => inWord ? -3 : -1,
        };
    }

    // Common ideographs come first in their code pages; a Latin letter beside one is one that a wrong reading swallowed half of.
    private static double ScoreOfIdeograph(char before, char one, char after, TextEncoding encoding)
    {
        if (char.IsAsciiLetter(before) || char.IsAsciiLetter(after))
        {
            return -4;
        }

        byte[] bytes = encoding.CodePage!.GetBytes([one]);
        bool common = (encoding.Name, bytes) switch
        {
            ("big5", [>= 0xA4 and <= 0xC6, _]) => true,
            ("gb18030", [>= 0xB0 and <= 0xD7, >= 0xA1]) => true,
            ("shift_jis", [>= 0x88 and <= 0x97, _]) => true,
            ("ks_c_5601-1987", [>= 0xB0 and <= 0xC8, >= 0xA1]) => true,
            _ => false,
        };
        return !common ? -2 : one is >= '\uAC00' and <= '\uD7A3' ? 4.5 : 4;
    }

    private static double ScoreOfLetter(char before, char one, char after)
    {
        if (char.IsUpper(one) && char.IsLower(before))
        {
            return -3;
        }

        if (one == 'ς' && char.IsLetter(after))
        {
            return -4;
        }

        bool cyrillic = one is >= '\u0400' and <= '\u04FF' or >= '\u0370' and <= '\u03FF';
        if (cyrillic)
        {
            return char.IsAsciiLetter(before) || char.IsAsciiLetter(after) ? -3 : char.IsLower(one) || !char.IsLetter(before) ? 2 : 1;
        }

        // Words have single letters with accents, seldom several beside each other.
        return before >= 0x80 && char.IsLetter(before) ? -2
            : !char.IsLetter(before) && !char.IsLetter(after) && one != 'à' ? -1
            : CommonLetters.Contains(one, StringComparison.Ordinal) ? 2
            : CommonLetters.Contains(char.ToLowerInvariant(one), StringComparison.Ordinal) ? 1
            : 0;
    }
}
