using System.Buffers;
using System.Globalization;
using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Number;

/// <summary>
/// Numbers as mirrors write them: plain, or with a currency sign, parentheses for a minus, and thousands separators. What
/// can be read in two ways, such as <c>1,234</c>, is none.
/// </summary>
internal static class WrittenNumber
{
    private static readonly SearchValues<byte> s_plain = SearchValues.Create(".,0123456789"u8);
    private static readonly byte[][] s_currencies = [.. new[] { "EUR", "USD", "GBP", "CHF", "CAD", "JPY" }.Select(Encoding.ASCII.GetBytes)];

    internal static bool TryRead(ReadOnlySpan<byte> text, Utf8Scratch scratch, out DecimalText number)
        => DecimalText.TryParse(text, out number)
            || (TryPlain(QuotedText.Strip(text), scratch, out ReadOnlySpan<byte> plain) && DecimalText.TryParse(plain, out number));

    private static bool TryPlain(ReadOnlySpan<byte> text, Utf8Scratch scratch, out ReadOnlySpan<byte> plain)
    {
        plain = default;
        int written = text.Length;
        bool negative = text.Length > 2 && text[0] == '(' && text[^1] == ')';
        text = negative ? Utf8WhiteSpace.Trim(text[1..^1]) : text;
        bool signed = negative || TakeMinus(ref text, ref negative);
        if (!TakeCurrency(ref text))
        {
            TakeCurrencyAtEnd(ref text);
        }

        if (!signed)
        {
            _ = TakeMinus(ref text, ref negative);
        }

        // Beside a currency sign a point may separate thousands, as a comma may: 1.234 € and $1.234.
        if (text.IsEmpty || (text.Length < written && IsThousandsOrFraction(text)))
        {
            return false;
        }

        // A plain number may have an exponent, which is not written with separators.
        Span<byte> room = scratch.Take(text.Length + 1);
        room[0] = (byte)'-';
        int length = IsPlain(text) ? Copy(text, room[1..]) : WithoutGroups(text, room[1..]);
        plain = negative ? room[..(length + 1)] : room[1..(length + 1)];
        return length > 0;
    }

    private static bool IsThousandsOrFraction(ReadOnlySpan<byte> text)
        => text.Length is >= 5 and <= 7 && text[^4] == '.' && text[0] != '0'
            && text[..^4].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && text[^3..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static bool IsPlain(ReadOnlySpan<byte> text)
        => char.IsAsciiDigit((char)text[0]) && DecimalText.TryParse(text, out _);

    private static int Copy(ReadOnlySpan<byte> text, Span<byte> to)
    {
        text.CopyTo(to);
        return text.Length;
    }

    // Copies the digits with a point between whole number and fraction; 0 when the separators leave a doubt.
    private static int WithoutGroups(ReadOnlySpan<byte> text, Span<byte> to)
    {
        int fraction = FractionAt(text);
        if (fraction < 0)
        {
            return 0;
        }

        int used = 0;
        int group = 0;
        int separator = 0;
        ReadOnlySpan<byte> whole = text[..fraction];
        while (!whole.IsEmpty)
        {
            if (char.IsAsciiDigit((char)whole[0]))
            {
                to[used++] = whole[0];
                group++;
                whole = whole[1..];
                continue;
            }

            int kind = SeparatorAt(whole, out int length);
            if (kind == 0 || (separator == 0 ? group is 0 or > 3 : group != 3 || kind != separator))
            {
                return 0;
            }

            (separator, group) = (kind, 0);
            whole = whole[length..];
        }

        ReadOnlySpan<byte> digits = text[Math.Min(fraction + 1, text.Length)..];
        if (used == 0 || (separator != 0 && group != 3) || digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return 0;
        }

        to[used++] = (byte)'.';
        digits.CopyTo(to[used..]);
        return used + digits.Length;
    }

    /// <summary>Where the decimal separator stands; the text's length for none, -1 for a doubt.</summary>
    private static int FractionAt(ReadOnlySpan<byte> text)
    {
        int points = text.Count((byte)'.');
        int commas = text.Count((byte)',');
        int point = text.LastIndexOf((byte)'.');
        int comma = text.LastIndexOf((byte)',');
        bool grouped = text.IndexOfAnyExcept(s_plain) >= 0;
        if (points > 0 && commas > 0)
        {
            // 1,234.50 and 1.234,50: the last one is the decimal separator, and the only one of its kind.
            return point > comma ? (points == 1 ? point : -1) : commas == 1 ? comma : -1;
        }

        if (commas != 1)
        {
            return points == 1 ? point : text.Length;
        }

        // 1234,567 and 1 234,567 have no other reading than with a fraction, and 1,234 has.
        return grouped || comma > 3 || text.Length - comma is not (1 or 4) ? comma : -1;
    }

    // Spaces are one kind, apostrophes another.
    private static int SeparatorAt(ReadOnlySpan<byte> text, out int length)
    {
        _ = Runes.TryRead(text, out Rune rune, out length);
        return rune.Value switch
        {
            '.' or ',' => rune.Value,
            '\'' or 0x2019 => '\'',
            int space when Utf8WhiteSpace.IsSpace(space) => ' ',
            _ => 0,
        };
    }

    private static bool TakeMinus(ref ReadOnlySpan<byte> text, ref bool negative)
    {
        int length = text.StartsWith("-"u8) ? 1 : text.StartsWith("\u2212"u8) ? 3 : 0;
        text = length > 0 ? Utf8WhiteSpace.Trim(text[length..]) : text;
        negative |= length > 0;
        return length > 0;
    }

    private static bool TakeCurrency(ref ReadOnlySpan<byte> text)
    {
        int length = Runes.TryRead(text, out Rune sign, out int bytes) && Rune.GetUnicodeCategory(sign) == UnicodeCategory.CurrencySymbol ? bytes : 0;
        foreach (byte[] code in s_currencies)
        {
            length = text.StartsWith(code) ? code.Length : length;
        }

        text = length > 0 ? Utf8WhiteSpace.Trim(text[length..]) : text;
        return length > 0;
    }

    private static void TakeCurrencyAtEnd(ref ReadOnlySpan<byte> text)
    {
        int length = Rune.DecodeLastFromUtf8(text, out Rune sign, out int bytes) == OperationStatus.Done
            && Rune.GetUnicodeCategory(sign) == UnicodeCategory.CurrencySymbol ? bytes : 0;
        foreach (byte[] code in s_currencies)
        {
            length = text.EndsWith(code) ? code.Length : length;
        }

        text = length > 0 ? Utf8WhiteSpace.Trim(text[..^length]) : text;
    }
}
