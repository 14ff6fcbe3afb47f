using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recon.Postgres.Push;

/// <summary>Values of properties as the tables hold them: an object of texts, in the order of the names.</summary>
internal static class PushValues
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The JSON; <see langword="null"/> for no values at all.</returns>
    public static string? Write<T>(IReadOnlyDictionary<string, T>? values)
        where T : class?
    {
        if (values is null)
        {
            return null;
        }

        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, s_options))
        {
            json.WriteStartObject();
            foreach ((string name, T value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                json.WriteString(name, value as string);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(content.WrittenSpan);
    }

    /// <summary>Reads values of which none is null.</summary>
    public static IReadOnlyDictionary<string, string> Read(string json)
        => ReadNullable(json).ToDictionary(pair => pair.Key, pair => pair.Value ?? "", StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, string?> ReadNullable(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(
            property => property.Name,
            property => property.Value.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => property.Value.GetString(),
                _ => property.Value.GetRawText(),
            },
            StringComparer.Ordinal);
    }
}
