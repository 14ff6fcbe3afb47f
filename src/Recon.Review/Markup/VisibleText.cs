using System.Buffers;
using System.Globalization;
using System.Text;

namespace Recon.Review.Markup;

/// <summary>Makes visible what a page would swallow or obey: control characters, those that turn the direction of text, and those without width.</summary>
internal static class VisibleText
{
    private const char FirstPicture = '\u2400';

    private static readonly SearchValues<char> s_hidden = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code),
        '\u00AD', '\u061C', '\u200B', '\u200E', '\u200F', '\u2028', '\u2029', '\u202A', '\u202B', '\u202C', '\u202D', '\u202E',
        '\u2060', '\u2066', '\u2067', '\u2068', '\u2069', '\uFEFF', '\uFFFE', '\uFFFF',
        .. Enumerable.Range(0xD800, 0x800).Select(code => (char)code),
    ]);

    /// <returns>The text on one line: <c>\n</c> as <c>↵</c>, other control characters as their pictures, the rest by their numbers.</returns>
    public static string Of(string text) => text.AsSpan().ContainsAny(s_hidden) ? Show(text) : text;

    private static string Show(string text)
    {
        StringBuilder shown = new(text.Length + 16);
        for (int index = 0; index < text.Length; index++)
        {
            char each = text[index];
            _ = each switch
            {
                '\n' => shown.Append('↵'),
                '\t' => shown.Append('⇥'),
                < ' ' => shown.Append((char)(FirstPicture + each)),
                '\u007F' => shown.Append('\u2421'),
                _ when char.IsHighSurrogate(each) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]) => shown.Append(each).Append(text[++index]),
                _ when char.IsSurrogate(each) => shown.Append('\uFFFD'),
                _ when s_hidden.Contains(each) => shown.Append(CultureInfo.InvariantCulture, $"‹U+{(int)each:X4}›"),
                _ => shown.Append(each),
            };
        }

        return shown.ToString();
    }
}
