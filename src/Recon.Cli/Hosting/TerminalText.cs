using System.Buffers;
using System.Globalization;
using System.Text;

namespace Recon.Cli.Hosting;

/// <summary>
/// What must not reach a terminal as it is: control characters, which move its cursor or give it orders, and the characters
/// that turn the direction of text, after which it reads otherwise than it is.
/// </summary>
internal static class TerminalText
{
    private static readonly SearchValues<char> s_dangerous = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0xA0).Select(code => (char)code).Where(character => char.IsControl(character) && character is not ('\n' or '\t')),
        '\u061C', '\u200E', '\u200F', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E', '\u2066', '\u2067', '\u2068', '\u2069',
    ]);

    /// <summary>
    /// Writes such characters as <c>\u001B</c>: seen by people, and the same character to whoever reads JSON. The carriage
    /// return of a line end stays.
    /// </summary>
    public static string Escape(string text) => text.AsSpan().ContainsAny(s_dangerous) ? Escape(text.AsSpan()) : text;

    private static string Escape(ReadOnlySpan<char> text)
    {
        StringBuilder escaped = new(text.Length + 16);
        for (int at; (at = text.IndexOfAny(s_dangerous)) >= 0; text = text[(at + 1)..])
        {
            _ = escaped.Append(text[..at]);
            _ = text[at] == '\r' && text[(at + 1)..].StartsWith('\n')
                ? escaped.Append('\r')
                : escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:X4}");
        }

        return escaped.Append(text).ToString();
    }
}
