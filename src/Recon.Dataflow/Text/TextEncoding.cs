using System.Globalization;
using System.Text;

namespace Recon.Dataflow.Text;

/// <summary>An encoding of a file: UTF-8, UTF-16, or a code page that .NET has and whose ASCII bytes are ASCII.</summary>
internal sealed class TextEncoding
{
    private static readonly Dictionary<string, int> s_aliases = new()
    {
        ["ansi"] = 1252,
        ["latin1"] = 28591,
        ["latin2"] = 28592,
        ["latin5"] = 28599,
        ["latin9"] = 28605,
        ["ascii"] = 20127,
        ["usascii"] = 20127,
        ["mac"] = 10000,
        ["macroman"] = 10000,
        ["sjis"] = 932,
        ["ms932"] = 932,
        ["windows31j"] = 932,
        ["gbk"] = 936,
        ["gb18030"] = 54936,
        ["uhc"] = 949,
        ["eucjp"] = 51932,
        ["euckr"] = 51949,
        ["tis620"] = 874,
    };

    private static readonly Lazy<Dictionary<string, int>> s_codePages = new(NamesOfCodePages);

    // 7-bit encodings with states, UTF-7 and UTF-32, Chinese with escapes, and ISCII, whose bytes are no characters.
    private static readonly HashSet<int> s_unusable = [12000, 12001, 65000, 52936, .. Enumerable.Range(50220, 10), .. Enumerable.Range(57002, 10)];

    private TextEncoding(string name, Encoding? codePage = null)
    {
        Name = name;
        CodePage = codePage is { IsSingleByte: false } ? codePage : null;
        SingleByte = codePage is { IsSingleByte: true } ? SingleByteText.Of(codePage, name) : null;
    }

    public static TextEncoding Utf8 { get; } = new("utf-8");

    /// <summary>UTF-16 whose byte order the file tells; little endian where it does not.</summary>
    public static TextEncoding Utf16 { get; } = new("utf-16");

    public static TextEncoding Utf16LittleEndian { get; } = new("utf-16le");

    public static TextEncoding Utf16BigEndian { get; } = new("utf-16be");

    /// <summary>The name that messages use.</summary>
    public string Name { get; }

    /// <summary>Its table, where a byte is a character.</summary>
    public SingleByteText? SingleByte { get; }

    /// <summary>The code page, where a character has one or more bytes.</summary>
    public Encoding? CodePage { get; }

    public bool IsUtf16 => this == Utf16 || this == Utf16LittleEndian || this == Utf16BigEndian;

    /// <summary>The encoding of a name; hyphens, underscores, spaces and case do not matter.</summary>
    /// <returns><see langword="null"/> for an unknown or unusable one.</returns>
    public static TextEncoding? Find(string name)
    {
        string plain = Plain(name);
        return plain switch
        {
            "utf8" => Utf8,
            "utf16" or "unicode" => Utf16,
            "utf16le" => Utf16LittleEndian,
            "utf16be" => Utf16BigEndian,
            _ => CodePageOf(plain) is int codePage ? Of(codePage) : null,
        };
    }

    /// <summary>Known names near to one that is not known.</summary>
    public static string Hint(string name)
    {
        string plain = Plain(name);
        string[] near = [.. EditDistance.Rank(plain, ["utf8", "utf16", .. s_codePages.Value.Keys], _ => Math.Max(1, plain.Length / 3)).Take(3)];
        string[] names = [.. near.Select(key => key is "utf8" or "utf16" ? Find(key)!.Name : Find(key)?.Name).OfType<string>().Distinct()];
        return names.Length > 0 ? $"; did you mean {string.Join(" or ", names.Select(known => $"'{known}'"))}?"
            : "; known are utf-8, utf-16, and the code pages of .NET by their usual names, such as windows-1252, iso-8859-15, macintosh, ibm850, big5, shift_jis, gb18030";
    }

    private static TextEncoding? Of(int codePage)
    {
        if (s_unusable.Contains(codePage))
        {
            return null;
        }

        Encoding? encoding = CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
            ?? (codePage is 20127 or 28591
                ? Encoding.GetEncoding(codePage, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback) : null);
        return encoding is not null && HoldsAscii(encoding) ? new TextEncoding(encoding.WebName, encoding) : null;
    }

    private static bool HoldsAscii(Encoding encoding)
    {
        byte[] ascii = [.. Enumerable.Range(0x20, 0x5F).Select(value => (byte)value)];
        try
        {
            return encoding.GetString(ascii) == Encoding.ASCII.GetString(ascii);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static int? CodePageOf(string plain)
    {
        if (s_aliases.TryGetValue(plain, out int known) || s_codePages.Value.TryGetValue(plain, out known))
        {
            return known;
        }

        string digits = plain.TrimStart([.. "abcdefghijklmnopqrstuvwxyz"]);
        return plain[..^digits.Length] is "" or "cp" or "windows" or "win" or "ibm" or "ms" or "oem" or "codepage"
            && int.TryParse(digits, CultureInfo.InvariantCulture, out int number) && s_codePages.Value.ContainsValue(number) ? number : null;
    }

    private static Dictionary<string, int> NamesOfCodePages()
    {
        Dictionary<string, int> names = new() { ["iso88591"] = 28591 };
        foreach (EncodingInfo info in CodePagesEncodingProvider.Instance.GetEncodings())
        {
            names.TryAdd(Plain(info.Name), info.CodePage);
        }

        return names;
    }

    private static string Plain(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
