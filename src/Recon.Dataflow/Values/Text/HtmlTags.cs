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

    // What they hold nobody sees, and it runs to their end tag whatever it is.
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_hidden
        = Set("script style title").GetAlternateLookup<ReadOnlySpan<char>>();

    // No name holds a '<': looking further would take each of many a look through the whole text.
    private static readonly SearchValues<char> s_nameEnds = SearchValues.Create(" \t\r\n/><");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_knownSpans
        = s_known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether an element takes lines of its own.</summary>
    internal static bool IsBlock(string name) => s_blocks.Contains(name);

    /// <summary>
    /// Leaves out what no reader sees: attributes, comments, and what hidden elements hold; and escapes each <c>&lt;</c> that
    /// starts no tag that HTML knows. What is left takes a tokenizer a time in proportion to its length.
    /// </summary>
    internal static string Simplify(string text, out bool hasTags)
    {
        hasTags = false;
        StringBuilder simple = new(text.Length + 16);
        int copied = 0;
        int lastEnd = text.LastIndexOf('>');
        for (int at = text.IndexOf('<', StringComparison.Ordinal); at >= 0; at = text.IndexOf('<', copied))
        {
            _ = simple.Append(text, copied, at - copied);
            ReadOnlySpan<char> rest = text.AsSpan(at + 1);
            int name = at < lastEnd ? TagLength(rest) : 0;
            if (name > 0)
            {
                hasTags = true;
                ReadOnlySpan<char> tag = rest[..name];
                copied = at + 1 + name + HtmlSyntax.RestOfTag(rest[name..], out bool closed);
                if (s_hidden.Contains(tag))
                {
                    copied += HtmlSyntax.HiddenText(text.AsSpan(copied), tag);
                }
                else if (closed)
                {
                    _ = simple.Append('<').Append(tag).Append('>');
                }
            }
            else if (at < lastEnd && HtmlSyntax.Unseen(rest) is int length && length > 0)
            {
                hasTags = true;
                copied = at + 1 + length;
            }
            else
            {
                _ = simple.Append("&lt;");
                copied = at + 1;
            }
        }

        return simple.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Length of the name of a known tag, with the slash of an end tag; 0 for none.</summary>
    private static int TagLength(ReadOnlySpan<char> rest)
    {
        int slash = rest.StartsWith("/", StringComparison.Ordinal) ? 1 : 0;
        int end = rest[slash..].IndexOfAny(s_nameEnds);
        if (end <= 0 || rest[slash + end] == '<')
        {
            return 0;
        }

        ReadOnlySpan<char> name = rest.Slice(slash, end);
        return s_knownSpans.Contains(name) || IsOffice(name) ? slash + end : 0;
    }

    /// <summary>Whether it is one of the tags of Word and Outlook, such as <c>o:p</c>.</summary>
    private static bool IsOffice(ReadOnlySpan<char> name)
        => name.IndexOf(':') is int colon && colon > 0 && colon < name.Length - 1
            && (name[..colon] is "o" or "O" or "v" or "w" or "m" or "st1");

    private static FrozenSet<string> Set(string names)
        => names.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
