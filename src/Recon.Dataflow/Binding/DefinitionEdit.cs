using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recon.Dataflow.Binding;

/// <summary>
/// Changes single values of a definition file and leaves every other byte as it is: comments, white space, the order of
/// keys, a byte order mark. A key that the block lacks is added behind its last plain value.
/// </summary>
internal static class DefinitionEdit
{
    /// <param name="changes">The changes; at most one for each key of a block.</param>
    /// <exception cref="ArgumentException">The content is no definition, or has no such pipeline or block.</exception>
    public static byte[] Apply(ReadOnlyMemory<byte> utf8, string fileName, IReadOnlyList<DefinitionChange> changes)
    {
        SourceText text = new(utf8, fileName);
        List<DefinitionProblem> problems = [];
        SourceNode root = SourceParser.Parse(text, problems) is { } node && problems.Count == 0
            ? node
            : throw new ArgumentException($"{fileName} is not valid JSON.", nameof(utf8));
        var edits = new List<Edit>();
        foreach (IGrouping<(string Pipeline, string Block), DefinitionChange> group in changes.GroupBy(change => (change.Pipeline, change.Block)))
        {
            SourceNode block = FindBlock(root, group.Key.Pipeline, group.Key.Block) ?? throw new ArgumentException(
                $"{fileName} has no block '{group.Key.Block}' in a pipeline '{group.Key.Pipeline}'.", nameof(changes));
            AddEdits(text.Utf8, block, [.. group], edits);
        }

        return Replace(utf8.Span, utf8.Length - text.Utf8.Length, edits);
    }

    /// <summary>Adds values to a property's map, behind those that it has.</summary>
    /// <param name="values">What each legacy value becomes.</param>
    /// <exception cref="ArgumentException">The content is no definition, or the property has no map with values in it.</exception>
    public static byte[] AddToMap(
        ReadOnlyMemory<byte> utf8, string fileName, string pipeline, string property, IReadOnlyList<KeyValuePair<string, string>> values)
    {
        SourceText text = new(utf8, fileName);
        List<DefinitionProblem> problems = [];
        SourceNode? root = SourceParser.Parse(text, problems);
        SourceNode? diff = root is null || problems.Count > 0 ? null : FindBlock(root, pipeline, block => Member(block, "kind")?.Value.Text == "diff");
        SourceNode? mapped = diff is null ? null : Member(diff, "properties")?.Value.Items.Find(item => Member(item, "property")?.Value.Text == property);
        SourceNode? map = mapped is null ? null : Member(mapped, "convert")?.Value.Items
            .Find(step => step.Kind == SourceKind.Object && Member(step, "kind")?.Value.Text == "map" && Member(step, "values")?.Value.Members.Count > 0);
        SourceMember anchor = map is not null ? Member(map, "values")!.Value.Members[^1] : throw new ArgumentException(
            $"'{property}' of '{pipeline}' has no map with values in {fileName}.", nameof(property));
        List<Edit> edits = [];
        AddMembers(text.Utf8, anchor, [.. values.Select(value => $"{Quoted(value.Key)}: {Quoted(value.Value)}")], edits);
        return Replace(utf8.Span, utf8.Length - text.Utf8.Length, edits);
    }

    /// <summary>Adds a pipeline behind the last one, in the layout of the file.</summary>
    /// <param name="write">Writes the pipeline, an object, in a style: its first line without white space before it.</param>
    /// <exception cref="ArgumentException">The content is no definition, or has no pipeline.</exception>
    public static byte[] AddPipeline(ReadOnlyMemory<byte> utf8, string fileName, Func<DefinitionStyle, string> write)
    {
        SourceText text = new(utf8, fileName);
        List<DefinitionProblem> problems = [];
        SourceNode? root = SourceParser.Parse(text, problems);
        SourceNode? pipelines = root is null || problems.Count > 0 ? null : Member(root, "pipelines")?.Value;
        SourceNode last = pipelines is { Items: [.., { Closed: true } found] } ? found : throw new ArgumentException(
            $"{fileName} has no pipeline behind which another one could be added.", nameof(utf8));
        DefinitionStyle style = StyleOf(text.Utf8, root!, pipelines);
        string added = style.LineBreak + (style.SpacesPipelines ? style.LineBreak : "") + style.PipelineIndent + write(style);
        List<Edit> edits = [];
        int comma = Significant(text.Utf8, last.End);
        bool hasComma = text.Utf8[comma] == ',';
        if (RestOfLine(text.Utf8, last.End) is { } rest && (rest.HasComma || !hasComma))
        {
            if (!hasComma)
            {
                edits.Add(new Edit(last.End, last.End, ","));
            }

            edits.Add(new Edit(rest.End, rest.End, hasComma ? added + "," : added));
        }
        else
        {
            int at = hasComma ? comma + 1 : last.End;
            edits.Add(new Edit(at, at, hasComma ? added + "," : "," + added));
        }

        return Replace(utf8.Span, utf8.Length - text.Utf8.Length, edits);
    }

    /// <summary>A text as JSON has it. Characters that cannot be seen, such as those that turn the direction of a text, are escaped.</summary>
    public static string Quoted(string text)
    {
        string json = $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
        return json.EnumerateRunes().All(IsSeen) ? json
            : string.Concat(json.EnumerateRunes().Select(rune => IsSeen(rune) ? rune.ToString()
                : string.Concat(rune.ToString().Select(unit => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}")))));
    }

    private static bool IsSeen(Rune rune) => Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format;

    private static DefinitionStyle StyleOf(ReadOnlySpan<byte> text, SourceNode root, SourceNode pipelines)
    {
        DefinitionStyle usual = DefinitionStyle.Usual;
        int line = text.IndexOfAny((byte)'\n', (byte)'\r');
        string lineBreak = line < 0 || text[line] == '\n' ? "\n" : text[line..] is [_, (byte)'\n', ..] ? "\r\n" : "\r";
        string indent = root.Members.Select(member => member.Offset).ToArray() is [var first, ..] && IndentAt(text, first) is { Length: > 0 } found ? found : usual.Indent;
        int last = pipelines.Items[^1].Offset;
        bool isSpaced = pipelines.Items.Count < 2 || IsSpaced(text[pipelines.Items[^2].End..last]);
        return new DefinitionStyle(indent, lineBreak, IndentAt(text, last) ?? indent + indent, isSpaced);
    }

    // The white space before what begins its line; null where something else stands before it.
    private static string? IndentAt(ReadOnlySpan<byte> text, int offset)
    {
        int start = text[..offset].LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        return start > 0 && !text[start..offset].ContainsAnyExcept((byte)' ', (byte)'\t') ? Encoding.UTF8.GetString(text[start..offset]) : null;
    }

    private static bool IsSpaced(ReadOnlySpan<byte> between)
        => Encoding.UTF8.GetString(between).ReplaceLineEndings("\n").Split('\n') is { Length: > 2 } lines && lines[1..^1].Any(string.IsNullOrWhiteSpace);

    // Where the next token is: a comma or a bracket.
    private static int Significant(ReadOnlySpan<byte> text, int at)
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = text[at..];
            if (rest.StartsWith("//"u8))
            {
                at += rest.IndexOfAny((byte)'\n', (byte)'\r');
            }
            else if (rest.StartsWith("/*"u8))
            {
                // Not "*/" of "/*/", which only opens one.
                at += rest[2..].IndexOf("*/"u8) + 4;
            }
            else if (rest[0] is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
            {
                return at;
            }
            else
            {
                at++;
            }
        }
    }

    private static SourceNode? FindBlock(SourceNode root, string pipeline, string block)
        => FindBlock(root, pipeline, each => LabelOf(each) == block);

    private static SourceNode? FindBlock(SourceNode root, string pipeline, Predicate<SourceNode> isIt)
    {
        SourceNode? owner = Member(root, "pipelines")?.Value.Items
            .Find(item => Member(item, "name")?.Value.Text == pipeline);
        return owner is null ? null : Member(owner, "blocks")?.Value.Items.Find(isIt);
    }

    // A name that is null is none.
    private static string? LabelOf(SourceNode block)
        => (Member(block, "name")?.Value is { Kind: SourceKind.String } name ? name : Member(block, "kind")?.Value)?.Text;

    private static SourceMember? Member(SourceNode node, string name) => node.Members.Find(member => member.Name == name);

    private static void AddEdits(
        ReadOnlySpan<byte> text, SourceNode block, IReadOnlyList<DefinitionChange> changes, List<Edit> edits)
    {
        List<DefinitionChange> missing = [];
        foreach (DefinitionChange change in changes)
        {
            if (Member(block, change.Key) is not { Value: var value })
            {
                missing.Add(change);
            }
            else if (value.Kind is SourceKind.Object or SourceKind.Array)
            {
                throw new ArgumentException($"'{change.Key}' of '{change.Block}' is {value.Describe()}, not a single value.", nameof(changes));
            }
            else
            {
                edits.Add(new Edit(value.Offset, ScalarEnd(text, value), change.Json));
            }
        }

        if (missing.Count > 0)
        {
            // Every block has a kind, which is a word, so there is always a plain value to stand behind.
            SourceMember anchor = block.Members.FindLast(
                member => member.Value.Kind is not (SourceKind.Object or SourceKind.Array))!;
            AddMembers(text, anchor, [.. missing.Select(change => $"\"{change.Key}\": {change.Json}")], edits);
        }
    }

    // Behind the anchor on its line; or on lines of their own when the anchor starts its line, and behind the comment
    // that belongs to it.
    private static void AddMembers(ReadOnlySpan<byte> text, SourceMember anchor, string[] members, List<Edit> edits)
    {
        int end = ScalarEnd(text, anchor.Value);
        int lineStart = text[..anchor.Offset].LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        ReadOnlySpan<byte> indent = text[lineStart..anchor.Offset];
        if (lineStart == 0 || indent.ContainsAnyExcept((byte)' ', (byte)'\t') || RestOfLine(text, end) is not { } rest)
        {
            edits.Add(new Edit(end, end, string.Concat(members.Select(member => $", {member}"))));
            return;
        }

        string lineBreak = text[lineStart - 1] == '\r' ? "\r" : lineStart > 1 && text[lineStart - 2] == '\r' ? "\r\n" : "\n";
        string start = lineBreak + Encoding.UTF8.GetString(indent);
        string lines = string.Join(',', members.Select(member => start + member));
        if (rest.HasComma)
        {
            edits.Add(new Edit(rest.End, rest.End, lines + ","));
        }
        else
        {
            edits.Add(new Edit(end, end, ","));
            edits.Add(new Edit(rest.End, rest.End, lines));
        }
    }

    // Where the line ends on which a value ends, when only a comma and comments follow on it.
    private static (int End, bool HasComma)? RestOfLine(ReadOnlySpan<byte> text, int at)
    {
        bool comma = false;
        while (at < text.Length && text[at] is not ((byte)'\n' or (byte)'\r'))
        {
            ReadOnlySpan<byte> rest = text[at..];
            if (rest[0] is (byte)' ' or (byte)'\t')
            {
                at++;
            }
            else if (rest[0] == ',' && !comma)
            {
                comma = true;
                at++;
            }
            else if (rest.StartsWith("//"u8))
            {
                int length = rest.IndexOfAny((byte)'\n', (byte)'\r');
                at += length < 0 ? rest.Length : length;
            }
            else if (rest.StartsWith("/*"u8) && rest[2..].IndexOf("*/"u8) is var length and >= 0
                && !rest[..(length + 4)].ContainsAny((byte)'\n', (byte)'\r'))
            {
                at += length + 4;
            }
            else
            {
                return null;
            }
        }

        return (at, comma);
    }

    private static int ScalarEnd(ReadOnlySpan<byte> text, SourceNode value)
    {
        int at = value.Offset;
        if (value.Kind != SourceKind.String)
        {
            // A number or a literal, which the parser has found to be well-formed.
            while (at < text.Length && (char.IsAsciiLetterOrDigit((char)text[at]) || text[at] is (byte)'-' or (byte)'+' or (byte)'.'))
            {
                at++;
            }

            return at;
        }

        for (at++; text[at] != '"'; at++)
        {
            at += text[at] == '\\' ? 1 : 0;
        }

        return at + 1;
    }

    private static byte[] Replace(ReadOnlySpan<byte> content, int shift, List<Edit> edits)
    {
        using var result = new MemoryStream(content.Length + 256);
        int at = 0;
        foreach (Edit edit in edits.OrderBy(edit => edit.Start).ThenBy(edit => edit.End))
        {
            result.Write(content[at..(edit.Start + shift)]);
            result.Write(Encoding.UTF8.GetBytes(edit.Text));
            at = edit.End + shift;
        }

        result.Write(content[at..]);
        return result.ToArray();
    }

    private readonly record struct Edit(int Start, int End, string Text);
}
