using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Recon.Dataflow;

namespace Recon.HubSpot.Updates;

/// <summary>JSON for HTTP clients and scripts, not for pages: accents and signs stay as they are.</summary>
internal static class UpdateJson
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>The document on one line, ended by a line feed.</returns>
    public static ReadOnlyMemory<byte> Line<T>(T document, JsonTypeInfo<T> type)
    {
        var content = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(content, s_options))
        {
            JsonSerializer.Serialize(json, document, type);
        }

        content.Write("\n"u8);
        return content.WrittenMemory;
    }

    public static IReadOnlyDictionary<string, T> Sorted<T>(IEnumerable<KeyValuePair<string, T>> values)
        => new OrderedDictionary<string, T>(values.OrderBy(pair => pair.Key, StringComparer.Ordinal), StringComparer.Ordinal);
}

/// <summary>The body of one batch update.</summary>
internal sealed record BatchBody(IReadOnlyList<BatchInput> Inputs);

internal sealed record BatchInput(string Id, string ObjectWriteTraceId, IReadOnlyDictionary<string, string> Properties);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchBody))]
internal sealed partial class BatchJson : JsonSerializerContext;

/// <summary>A line of an export for people and scripts.</summary>
internal sealed record UpdateLine(
    string LegacyId,
    string? Id,
    string Status,
    decimal? Confidence,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyDictionary<string, string?> Previous)
{
    public static UpdateLine Of(ReconciledRecord record) => new(
        record.LegacyId,
        record.HubspotId?.ToString(CultureInfo.InvariantCulture),
        record.Status,
        record.Confidence,
        UpdateJson.Sorted(record.Updates),
        UpdateJson.Sorted(record.Previous));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(UpdateLine))]
internal sealed partial class LineJson : JsonSerializerContext;
