using System.Buffers;
using System.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>What can be seen of a value alone that happened to it.</summary>
internal static class CellDamage
{
    private const int LongestError = 40;
    private static readonly SearchValues<byte> s_digits = SearchValues.Create("0123456789.,"u8);

    // Of Excel in English, French, German and Spanish.
    private static readonly HashSet<string> s_errors =
    [
        "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
        "#N/D", "#VALEUR!", "#NOM?", "#NOMBRE!", "#NUL!", "#NV", "#WERT!", "#BEZUG!", "#ZAHL!", "#¡REF!", "#¡VALOR!", "#¿NOMBRE?", "#¡NUM!", "#¡DIV/0!", "Err:502", "Err:508", "Err:509", "Err:522",
    ];

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> s_errorSpans = s_errors.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether a spreadsheet left nothing of the value: <c>27:31.0</c>, <c>1.23E+05</c>, <c>#REF!</c>, <c>########</c>.</summary>
    public static bool IsRuined(ReadOnlySpan<byte> value) => ExcelDate.LooksDestroyed(value) || IsExponent(value) || IsError(value);

    /// <summary>Whether a number is written as spreadsheets show those that are too long: <c>1.23E+05</c>.</summary>
    public static bool IsExponent(ReadOnlySpan<byte> value)
    {
        value = value is [(byte)'-', ..] ? value[1..] : value;
        int at = value.IndexOf("E+"u8);
        return at > 0 && value.Length is <= 25 and var length && at + 2 < length
            && value[(at + 2)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
            && char.IsAsciiDigit((char)value[0]) && value[..at].IndexOfAnyExcept(s_digits) < 0;
    }

    /// <summary>Whether a cell shows an error, or that its column was too narrow, or a formula.</summary>
    public static bool IsError(ReadOnlySpan<byte> value)
    {
        if (value is not [(byte)'#' or (byte)'=' or (byte)'E', ..] || value.Length < 3)
        {
            return false;
        }

        if (value[0] == '#' && value.IndexOfAnyExcept((byte)'#') < 0)
        {
            return true;
        }

        if (value[0] == '=')
        {
            return value[1] == '"' || (char.IsAsciiLetterUpper((char)value[1]) && IsFormula(value[1..]));
        }

        Span<char> text = stackalloc char[LongestError];
        return value.Length < LongestError && s_errorSpans.Contains(text[..Encoding.UTF8.GetChars(value, text)]);
    }

    // A function, or the name of a cell and an operator: SUM(…, A1+…
    private static bool IsFormula(ReadOnlySpan<byte> text)
    {
        int letters = text.IndexOfAnyExceptInRange((byte)'A', (byte)'Z');
        ReadOnlySpan<byte> rest = letters < 0 ? default : text[letters..];
        int digits = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return rest is [(byte)'(', ..] || (letters is >= 1 and <= 3 && !rest.IsEmpty && (digits < 0 || (digits > 0 && "+-*/:&"u8.Contains(rest[digits]))));
    }

    /// <summary>Whether white space that nobody sees stands around a value: no-break and zero-width space.</summary>
    /// <param name="raw">As it stands in the file.</param>
    public static bool HasHiddenEdge(ReadOnlySpan<byte> raw, ReadOnlySpan<byte> trimmed)
    {
        if (raw.Length == trimmed.Length || trimmed.IsEmpty)
        {
            return false;
        }

        int start = raw.IndexOf(trimmed);
        return !Ascii.IsValid(raw[..start]) || !Ascii.IsValid(raw[(start + trimmed.Length)..]);
    }

    /// <summary>Whether a value holds characters without width.</summary>
    public static bool HoldsInvisible(ReadOnlySpan<byte> value)
        => value.IndexOf("\u200B"u8) >= 0 || value.IndexOf("\u2060"u8) >= 0 || value.IndexOf("\uFEFF"u8) >= 0;

    /// <summary>Whether a value holds a no-break space, which is right in French texts and amounts.</summary>
    public static bool HoldsNoBreakSpace(ReadOnlySpan<byte> value) => value.IndexOf("\u00A0"u8) >= 0 || value.IndexOf("\u202F"u8) >= 0;
}
