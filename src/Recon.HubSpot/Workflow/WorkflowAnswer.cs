using System.Text.Json;

namespace Recon.HubSpot.Workflow;

/// <summary>Reads what a workflow answers.</summary>
internal static class WorkflowAnswer
{
    /// <summary>Reads an answer: an array of objects, or an object whose <c>rows</c> is one.</summary>
    /// <exception cref="WorkflowException">It is neither.</exception>
    public static IReadOnlyList<JsonElement> Read(ReadOnlyMemory<byte> content, string server)
    {
        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            root = document.RootElement.Clone();
            RequireWholeCharacters(content.Span);
        }
        catch (InvalidOperationException)
        {
            throw Refuse($"{server} answered a text with half a character in it (a lone surrogate, or bytes that are not UTF-8). Correct the record in its source.");
        }
        catch (JsonException exception)
        {
            // The exception's own text quotes the answer, which may hold personal data.
            throw Refuse(
                $"{server} answered {content.Length} bytes that are no JSON (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}). "
                + "Run the workflow in its own editor, and compare with --curl.");
        }

        JsonElement rows = root;
        if (root.ValueKind == JsonValueKind.Object && !root.TryGetProperty("rows", out rows))
        {
            throw Refuse($"{server} answered an object without \"rows\". The workflow must end in a list of records, or in {{ \"rows\": [ … ] }}.");
        }

        if (rows.ValueKind != JsonValueKind.Array)
        {
            throw Refuse($"{server} answered {Name(rows.ValueKind)} where a list of records is wanted.");
        }

        JsonElement[] records = [.. rows.EnumerateArray()];
        return records.All(record => record.ValueKind == JsonValueKind.Object)
            ? records
            : throw Refuse($"{server} answered a list with something else than objects in it.");
    }

    // Parsing lets them pass; reading the text would fail.
    private static void RequireWholeCharacters(ReadOnlySpan<byte> content)
    {
        Utf8JsonReader reader = new(content);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
            {
                _ = reader.GetString();
            }
        }
    }

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };

    private static WorkflowException Refuse(string message) => new(WorkflowFault.Refused, message);
}
