using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Which words between angle brackets are HTML.</summary>
internal static class HtmlTags
{
    private static readonly FrozenSet<string> s_known = Set(
        "a abbr acronym address article aside b base basefont bdi bdo big blockquote body br button caption center cite "
        + "code col colgroup data dd del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer "
        + "form frame frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main "
        + "map mark menu meta nav noscript object ol optgroup option p param picture pre q s samp script section select "
        + "small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time "
        + "title tr tt u ul var video wbr xml");

    private static readonly FrozenSet<string> s_blocks = Set(
        "address article aside blockquote body caption center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 "
        + "h5 h6 header hr html li main menu nav ol p pre section summary table tbody tfoot thead tr ul");

    private static readonly FrozenSet<string> s_hidden = Set("script style title");

    private static readonly SearchValues<char> s_nameEnds = SearchValues.Create(" \t\r\n/>");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_knownSpans
        = s_known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether an element takes lines of its own.</summary>
    internal static bool IsBlock(string name) => s_blocks.Contains(name);

    /// <summary>Whether nobody sees an element's text, which runs to its end tag whatever it holds.</summary>
    internal static bool IsHidden(string name) => s_hidden.Contains(name);

    /// <summary>Escapes each <c>&lt;</c> that starts no tag that HTML knows.</summary>
    internal static string EscapeStray(string text, out bool hasTags)
    {
        hasTags = false;
        StringBuilder? escaped = null;
        int copied = 0;
        int lastEnd = text.LastIndexOf('>');
        for (int at = text.IndexOf('<', StringComparison.Ordinal); at >= 0; at = text.IndexOf('<', at + 1))
        {
            if (at < lastEnd && StartsTag(text.AsSpan(at + 1)))
            {
                hasTags = true;
                continue;
            }

            escaped ??= new StringBuilder(text.Length + 16);
            _ = escaped.Append(text, copied, at - copied).Append("&lt;");
            copied = at + 1;
        }

        return escaped is null ? text : escaped.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Whether a known tag starts, where a <c>&gt;</c> is known to follow somewhere.</summary>
    private static bool StartsTag(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("!--", StringComparison.Ordinal)
            || rest.StartsWith("!doctype", StringComparison.OrdinalIgnoreCase)
            || rest.StartsWith("?xml", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        rest = rest.StartsWith("/", StringComparison.Ordinal) ? rest[1..] : rest;
        int end = rest.IndexOfAny(s_nameEnds);
        if (end <= 0)
        {
            return false;
        }

        ReadOnlySpan<char> name = rest[..end];
        return s_knownSpans.Contains(name) || IsOffice(name);
    }

    /// <summary>Whether it is one of the tags of Word and Outlook, such as <c>o:p</c>.</summary>
    private static bool IsOffice(ReadOnlySpan<char> name)
        => name.IndexOf(':') is int colon && colon > 0 && colon < name.Length - 1
            && (name[..colon] is "o" or "O" or "v" or "w" or "m" or "st1");

    private static FrozenSet<string> Set(string names)
        => names.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
