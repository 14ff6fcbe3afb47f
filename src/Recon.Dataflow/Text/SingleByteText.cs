using System.Collections.Frozen;
using System.Text;

namespace Recon.Dataflow.Text;

/// <summary>An encoding with one byte per character, strict: bytes that it does not assign are refused.</summary>
internal sealed class SingleByteText
{
    private readonly byte[]?[] _utf8 = new byte[256][];
    private readonly FrozenDictionary<int, byte> _bytes;

    private SingleByteText(string name, Func<byte, int?> high, bool latinControls = false)
    {
        Name = name;
        Dictionary<int, byte> bytes = [];
        for (int value = 0; value < 256; value++)
        {
            int? codePoint = value < 0x80 ? value : high((byte)value);
            _utf8[value] = codePoint is int known ? Encoding.UTF8.GetBytes(char.ConvertFromUtf32(known)) : null;
            if (codePoint is int assigned)
            {
                bytes[assigned] = (byte)value;
            }
            else if (latinControls)
            {
                bytes[value] = (byte)value;
            }
        }

        _bytes = bytes.ToFrozenDictionary();
    }

    /// <summary>
    /// cp1252. 81, 8D, 8F, 90 and 9D (hexadecimal) are not assigned; the way back maps them as Latin-1 does, since
    /// both decoders produce such mojibake.
    /// </summary>
    public static SingleByteText Windows1252 { get; } = new(
        "windows-1252",
        value => value is 0x81 or 0x8D or 0x8F or 0x90 or 0x9D ? null : FromCodePage(1252, value),
        latinControls: true);

    /// <summary>Latin-1. 80 to 9F, rare control characters, are refused: such a file is really cp1252.</summary>
    public static SingleByteText Latin1 { get; } = new("iso-8859-1", value => value < 0xA0 ? null : value);

    /// <summary>Mac Roman, with the euro sign at DB as Mac OS has had it since 8.5.</summary>
    public static SingleByteText Macintosh { get; } = new(
        "macintosh", value => value == 0xDB ? 0x20AC : FromCodePage(10000, value));

    /// <summary>The table of a code page. Rare control characters and private ones, which stand for unassigned bytes, are refused.</summary>
    public static SingleByteText Of(Encoding codePage, string name) => codePage.CodePage switch
    {
        1252 => Windows1252,
        28591 => Latin1,
        10000 => Macintosh,
        20127 => new(name, _ => null),
        int number => new(name, value => FromCodePage(number, value) is int known and not (< 0xA0 or (>= 0xE000 and < 0xF8FF) or 0xFFFD) ? known : null),
    };

    /// <summary>The encoding's name.</summary>
    public string Name { get; }

    /// <summary>Decodes bytes to UTF-8 as far as there is room.</summary>
    /// <returns>The number of bytes written. A stop with room of 3 left is at a byte that is not assigned.</returns>
    public int Decode(ReadOnlySpan<byte> bytes, Span<byte> utf8, out int read)
    {
        read = 0;
        int written = 0;
        while (read < bytes.Length && utf8.Length - written >= 3)
        {
            int ascii = Math.Min(bytes.Length - read, utf8.Length - written);
            int plain = bytes.Slice(read, ascii).IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            plain = plain < 0 ? ascii : plain;
            bytes.Slice(read, plain).CopyTo(utf8[written..]);
            read += plain;
            written += plain;
            if (plain == ascii || utf8.Length - written < 3)
            {
                continue;
            }

            if (_utf8[bytes[read]] is not byte[] character)
            {
                break;
            }

            character.CopyTo(utf8[written..]);
            written += character.Length;
            read++;
        }

        return written;
    }

    /// <summary>The byte of a character.</summary>
    public bool TryGetByte(int codePoint, out byte value) => _bytes.TryGetValue(codePoint, out value);

    private static int FromCodePage(int codePage, byte value)
        => CodePagesEncodingProvider.Instance.GetEncoding(codePage)!.GetString([value])[0];
}
