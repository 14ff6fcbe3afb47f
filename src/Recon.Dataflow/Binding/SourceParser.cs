using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Recon.Dataflow.Binding;

/// <summary>
/// Parses JSON with comments and trailing commas into <see cref="SourceNode"/>s. What stands before a syntax error is
/// kept, so that the problems in it can be reported together with the error.
/// </summary>
internal static class SourceParser
{
    private const int MaxQuoted = 12;

    private static readonly JsonReaderOptions s_options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = 64,
    };

    /// <returns>The root, as far as it could be read; <see langword="null"/> when nothing could.</returns>
    public static SourceNode? Parse(SourceText text, List<DefinitionProblem> problems)
    {
        if (!Utf8.IsValid(text.Utf8))
        {
            int at = FirstInvalidByte(text.Utf8);
            problems.Add(text.ProblemAt(at, "$", $"the byte at offset {at} is not valid UTF-8; save the file as UTF-8"));
            return null;
        }

        Utf8JsonReader reader = new(text.Utf8, s_options);
        SourceNode? root = null;
        Stack<SourceNode> open = [];
        (string Name, int Offset)? key = null;
        try
        {
            while (reader.Read())
            {
                int offset = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        key = (TextOf(ref reader, text, problems), offset);
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        open.Pop().End = offset + 1;
                        continue;
                }

                SourceNode node = NodeOf(ref reader, offset, text, problems);
                if (open.TryPeek(out SourceNode? parent))
                {
                    Add(parent, node, key);
                }
                else
                {
                    root = node;
                }

                if (node.Kind is SourceKind.Object or SourceKind.Array)
                {
                    open.Push(node);
                }
            }
        }
        catch (JsonException exception)
        {
            problems.Add(text.ProblemAt(OffsetOf(exception, text.Utf8), "$", MessageOf(exception)));
        }

        return root;
    }

    private static void Add(SourceNode parent, SourceNode node, (string Name, int Offset)? key)
    {
        if (parent.Kind == SourceKind.Array)
        {
            parent.Items.Add(node);
        }
        else
        {
            parent.Members.Add(new SourceMember(key!.Value.Name, key.Value.Offset, node));
        }
    }

    private static SourceNode NodeOf(
        ref Utf8JsonReader reader, int offset, SourceText text, List<DefinitionProblem> problems) =>
        reader.TokenType switch
        {
            JsonTokenType.StartObject => new SourceNode(SourceKind.Object, offset),
            JsonTokenType.StartArray => new SourceNode(SourceKind.Array, offset),
            JsonTokenType.String => new SourceNode(SourceKind.String, offset, TextOf(ref reader, text, problems)),
            JsonTokenType.Number => new SourceNode(SourceKind.Number, offset, Encoding.UTF8.GetString(reader.ValueSpan)),
            JsonTokenType.True => new SourceNode(SourceKind.Boolean, offset, "true"),
            JsonTokenType.False => new SourceNode(SourceKind.Boolean, offset, "false"),
            _ => new SourceNode(SourceKind.Null, offset),
        };

    private static string TextOf(ref Utf8JsonReader reader, SourceText text, List<DefinitionProblem> problems)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The bytes are valid UTF-8, so it is an escape such as \ud800 without its other half.
            if (problems.Count < DefinitionProblem.MaxListed)
            {
                problems.Add(text.ProblemAt(
                    (int)reader.TokenStartIndex, "$", "half of a surrogate pair (\\ud800 to \\udfff) in a string; write the character itself"));
            }

            return "";
        }
    }

    private static int FirstInvalidByte(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }

    private static int OffsetOf(JsonException exception, ReadOnlySpan<byte> bytes)
    {
        // The exception counts lines by LF alone.
        int start = 0;
        for (long line = exception.LineNumber ?? 0; line > 0; line--)
        {
            int next = bytes[start..].IndexOf((byte)'\n');
            if (next < 0)
            {
                break;
            }

            start += next + 1;
        }

        return start + (int)(exception.BytePositionInLine ?? 0);
    }

    private static string MessageOf(JsonException exception)
    {
        int cut = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string message = cut < 0 ? exception.Message : exception.Message[..cut];

        // The message may quote everything up to the end of the file.
        int start = message.IndexOf('\'', StringComparison.Ordinal) + 1;
        int end = message.LastIndexOf("' is ", StringComparison.Ordinal);
        if (start > 0 && end > start + MaxQuoted)
        {
            message = $"{message[..start]}{DefinitionPath.Cut(message.Substring(start, MaxQuoted))}…{message[end..]}";
        }

        return $"not valid JSON: {message} What follows was not read.";
    }
}
