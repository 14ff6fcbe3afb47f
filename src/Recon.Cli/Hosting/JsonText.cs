using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Recon.Cli.Hosting;

/// <summary>The JSON documents of <c>--json</c>. Each command has its own records and their source-generated serializer.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",
        // The document goes to a pipe or a file, not into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <returns>The text, which gives no orders to a terminal; ends in a line feed.</returns>
    public static string Of<T>(T document, JsonTypeInfo<T> type)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, s_options))
        {
            JsonSerializer.Serialize(json, document, type);
        }

        return TerminalText.Escape(Encoding.UTF8.GetString(text.WrittenSpan)) + "\n";
    }

    /// <summary>Numbers by name, which become one object with its keys in this order.</summary>
    public static IReadOnlyDictionary<string, T> Object<T>(IEnumerable<KeyValuePair<string, T>> entries)
        => new OrderedDictionary<string, T>(entries, StringComparer.Ordinal);
}

/// <summary>JSON that another program wrote, taken over as it is.</summary>
[JsonConverter(typeof(RawJsonConverter))]
internal readonly record struct RawJson(string Text);

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        => throw new NotSupportedException("Documents are only written.");

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text);
}
