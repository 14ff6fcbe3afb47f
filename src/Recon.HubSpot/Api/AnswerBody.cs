using System.Globalization;
using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>Reads bodies of answers without trusting their shape: what is not there or of another kind reads as nothing.</summary>
internal static class AnswerBody
{
    /// <summary>The body as JSON; <see langword="null"/> when it is none.</summary>
    public static JsonElement? Parse(ReadOnlyMemory<byte> content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static JsonElement Get(this JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement found) ? found : default;

    /// <summary>The elements of an array; none for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element)
        => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : [];

    /// <summary>A text; a number or truth value as it is written.</summary>
    public static string? Text(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => Whole(element),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => null,
    };

    public static string? Text(this JsonElement element, string name) => element.Get(name).Text();

    public static bool Is(this JsonElement element, string name) => element.Get(name).ValueKind == JsonValueKind.True;

    public static long? Number(this JsonElement element, string name)
        => long.TryParse(element.Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    /// <summary>The texts of an array, or the text that stands in its place.</summary>
    public static IReadOnlyList<string> Texts(this JsonElement element)
        => element.ValueKind == JsonValueKind.Array
            ? [.. element.EnumerateArray().Select(Text).OfType<string>()]
            : element.Text() is { } single ? [single] : [];

    /// <summary>The members of an object; none for anything else.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement element)
        => element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : [];

    /// <summary>The values of an object by name.</summary>
    public static IReadOnlyDictionary<string, string?> Values(this JsonElement element)
    {
        Dictionary<string, string?> values = new(StringComparer.Ordinal);
        foreach (JsonProperty property in element.Members())
        {
            values[property.Name] = property.Value.Text();
        }

        return values;
    }

    // Half a character, as an escape, is no text: its escapes differ from anything that a record may hold.
    private static string Whole(JsonElement element)
    {
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return element.GetRawText();
        }
    }
}
