namespace Recon.Dataflow.Extract;

/// <summary>The encodings that the definition can name.</summary>
internal enum TextEncoding
{
    Utf8,
    Utf16,
    Utf16LittleEndian,
    Utf16BigEndian,
    Windows1252,
    Latin1,
    Macintosh,
}

/// <summary>Names and byte order marks of encodings.</summary>
internal static class TextEncodings
{
    /// <summary>The names, for messages.</summary>
    public const string Names = "utf-8, utf-16, utf-16le, utf-16be, windows-1252, iso-8859-1, macintosh";

    /// <summary>Reads a name, as the definition has it, and its usual aliases.</summary>
    /// <exception cref="InputException">Not one of the encodings.</exception>
    public static TextEncoding Parse(string name) => name.Trim().ToLowerInvariant() switch
    {
        "utf-8" or "utf8" => TextEncoding.Utf8,
        "utf-16" or "utf16" => TextEncoding.Utf16,
        "utf-16le" or "utf16le" => TextEncoding.Utf16LittleEndian,
        "utf-16be" or "utf16be" => TextEncoding.Utf16BigEndian,
        "windows-1252" or "cp1252" => TextEncoding.Windows1252,
        "iso-8859-1" or "latin1" or "latin-1" => TextEncoding.Latin1,
        "macintosh" or "macroman" => TextEncoding.Macintosh,
        _ => throw new InputException($"The encoding \"{name}\" is not known. Known are: {Names}."),
    };

    /// <summary>Checks the first bytes of a file and settles the byte order.</summary>
    /// <param name="head">The first bytes, 4 where there are as many.</param>
    /// <exception cref="InputException">A byte order mark says something else than the definition.</exception>
    public static TextEncoding Settle(TextEncoding declared, ReadOnlySpan<byte> head, string file)
    {
        string? mark = head switch
        {
            [0xEF, 0xBB, 0xBF, ..] => "utf-8",
            [0xFF, 0xFE, 0, 0] => "utf-32",
            [0, 0, 0xFE, 0xFF] => "utf-32",
            [0xFF, 0xFE, ..] => "utf-16le",
            [0xFE, 0xFF, ..] => "utf-16be",
            _ => null,
        };
        if (mark == "utf-32")
        {
            throw new InputException($"{file}: the byte order mark at byte 0 says UTF-32, which is not read. Save it as UTF-8.");
        }

        TextEncoding settled = declared == TextEncoding.Utf16
            ? mark == "utf-16be" ? TextEncoding.Utf16BigEndian : TextEncoding.Utf16LittleEndian
            : declared;
        bool agrees = mark is null || mark == NameOf(settled);
        return agrees ? settled : throw new InputException(
            $"{file}: the byte order mark at byte 0 says {mark}, but the definition says {NameOf(declared)}. "
            + $"Set \"encoding\": \"{mark}\" in the csv block.");
    }

    /// <summary>The name that the definition uses.</summary>
    public static string NameOf(TextEncoding encoding) => encoding switch
    {
        TextEncoding.Utf8 => "utf-8",
        TextEncoding.Utf16 => "utf-16",
        TextEncoding.Utf16LittleEndian => "utf-16le",
        TextEncoding.Utf16BigEndian => "utf-16be",
        TextEncoding.Windows1252 => "windows-1252",
        TextEncoding.Latin1 => "iso-8859-1",
        _ => "macintosh",
    };

    /// <summary>What bytes that are not valid look like, as a sentence with the setting to try.</summary>
    /// <param name="bytes">Some bytes of the input, the bad ones included.</param>
    public static string Guess(TextEncoding declared, ReadOnlySpan<byte> bytes)
    {
        if (bytes is [0x1F, 0x8B, ..])
        {
            return "It looks like gzip: name the file *.gz, or unpack it on the way (gunzip -c FILE | recon …).";
        }

        int zeros = bytes.Count((byte)0);
        if (declared != TextEncoding.Utf16LittleEndian && declared != TextEncoding.Utf16BigEndian && zeros > bytes.Length / 4)
        {
            return "It looks like UTF-16: set \"encoding\": \"utf-16\".";
        }

        // é è à ç ê ô î, the commonest French letters, in cp1252 and in Mac Roman.
        int windows = 0;
        int mac = 0;
        foreach (byte value in bytes)
        {
            windows += value is 0xE9 or 0xE8 or 0xE0 or 0xE7 or 0xEA or 0xF4 or 0xEE or 0xC9 or 0x92 ? 1 : 0;
            mac += value is 0x8E or 0x8F or 0x88 or 0x8D or 0x90 or 0x99 or 0x94 or 0x83 or 0xD5 ? 1 : 0;
        }

        return declared is TextEncoding.Windows1252 ? "Is it \"macintosh\" or \"utf-8\"?"
            : declared is TextEncoding.Latin1 ? "It looks like Windows text: set \"encoding\": \"windows-1252\"."
            : declared is not TextEncoding.Utf8 ? "Is it cut, or in another encoding?"
            : mac > windows ? "It looks like Mac Roman: set \"encoding\": \"macintosh\"."
            : "It looks like Windows text: set \"encoding\": \"windows-1252\".";
    }
}
