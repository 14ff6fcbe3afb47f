using System.Globalization;
using System.Text;
using Recon.Dataflow.Binding;

namespace Recon.Discovery.Writing;

/// <summary>Writes parts of a definition in the way of the shipped one: on one line what fits, comments where they belong.</summary>
internal sealed class JsonLayout(DefinitionStyle style)
{
    /// <summary>Columns of a line, without the comment behind it.</summary>
    private const int Width = 120;

    /// <summary>Columns of a line with its comment.</summary>
    private const int WidthWithComment = 150;

    private readonly StringBuilder _text = new();

    /// <summary>Writes a part; its first line has no white space before it, its last one no line break.</summary>
    /// <param name="margin">White space before its other lines.</param>
    public string Write(JsonPart part, string margin)
    {
        Add(part, margin, margin.Length, []);
        string text = _text.ToString();
        _text.Clear();
        return text;
    }

    /// <summary>A text that may stand in a comment: on one line, and what cannot be seen, such as a change of direction, as JSON escapes it.</summary>
    public static string Comment(string text) => string.Concat(text.EnumerateRunes().Select(rune
        => Rune.IsControl(rune) || rune.Value is '\u2028' or '\u2029' ? " "
            : Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format ? DefinitionEdit.Quoted(rune.ToString()).Trim('"')
            : rune.ToString())).TrimEnd();

    /// <summary>Breaks a comment into lines.</summary>
    /// <param name="column">Columns before it.</param>
    public static IEnumerable<string> Wrap(string text, int column)
    {
        StringBuilder line = new();
        foreach (string word in Comment(text).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && column + "// ".Length + line.Length + 1 + word.Length > Width)
            {
                yield return line.ToString();
                line.Clear();
            }

            line.Append(line.Length == 0 ? "" : " ").Append(word);
        }

        yield return line.ToString();
    }

    /// <param name="lead">Comments that concern the whole part: they follow its bracket.</param>
    private void Add(JsonPart part, string margin, int column, IEnumerable<string> lead)
    {
        if (part is JsonScalar || (!part.IsBroken && !part.HasComments && column + part.Line.Length + 1 <= Width))
        {
            _text.Append(part.Line);
            return;
        }

        (char open, char close) = part is JsonObject ? ('{', '}') : ('[', ']');
        string inner = margin + style.Indent;
        _text.Append(open).Append(style.LineBreak);
        AddComments(lead, inner);

        // Entries that are comments may be wanted later, and then follow a comma.
        JsonEntry last = part.Entries[^1];
        foreach (JsonEntry entry in part.Entries)
        {
            Add(entry, inner, ReferenceEquals(entry, last));
        }

        _text.Append(margin).Append(close);
    }

    private void Add(JsonEntry entry, string margin, bool isLast)
    {
        AddComments(entry.Above, margin);
        if (entry.Value is not { } value)
        {
            return;
        }

        string key = entry.Key is { } name ? $"{DefinitionEdit.Quoted(name)}: " : "";
        int start = margin.Length + key.Length;
        string? beside = entry.Beside is { } comment ? Comment(comment) : null;
        bool isLine = value is JsonScalar || (!value.IsBroken && !value.HasComments && start + value.Line.Length + 1 <= Width);
        IEnumerable<string> lead = [];
        if (beside is not null && !isLine && key.Length == 0)
        {
            lead = Wrap(beside, margin.Length + style.Indent.Length);
            beside = null;
        }
        else if (beside is not null && (!isLine || start + value.Line.Length + beside.Length + 5 > WidthWithComment))
        {
            AddComments(Wrap(beside, margin.Length), margin);
            beside = null;
        }

        _text.Append(margin).Append(key);
        Add(value, margin, start, lead);
        _text.Append(isLast ? "" : ",").Append(beside is null ? "" : $" // {beside}").Append(style.LineBreak);
    }

    private void AddComments(IEnumerable<string> lines, string margin)
    {
        foreach (string line in lines)
        {
            _text.Append(margin).Append($"// {Comment(line)}".TrimEnd()).Append(style.LineBreak);
        }
    }
}
