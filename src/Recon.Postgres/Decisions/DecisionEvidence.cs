using System.Buffers;
using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;

namespace Recon.Postgres.Decisions;

/// <summary>What a decision was made on, as JSON: the record's hash, what the run had found, and of rows that disagree the one that counts.</summary>
internal static class DecisionEvidence
{
    /// <param name="record">The record as it was staged.</param>
    /// <param name="kept">The row that counts; <see langword="null"/> for none.</param>
    /// <param name="former">What the row says without the decision, as far as a run that reads the file knows alone; <see langword="null"/> for nothing.</param>
    /// <param name="seen">What whoever decided has seen beside it, as a JSON object; <see langword="null"/> for nothing that is kept.</param>
    public static string Of(StagedRecord record, KeptRow? kept, FormerRow? former, string? seen)
    {
        var text = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(text);
        json.WriteStartObject();
        json.WriteString("record", RecordHash.Of(record.Values));
        json.WriteString("status", record.Status);
        json.WriteString("rule", record.Rule);
        json.WriteString("notes", record.Notes);
        json.WriteString("run", record.RunId?.ToString());
        if (kept is not null)
        {
            json.WriteString("keep", kept.Hash);
            json.WriteStartArray("columns");
            foreach (string column in kept.Columns ?? new HashSet<string>())
            {
                json.WriteStringValue(column);
            }

            json.WriteEndArray();
        }

        if (former is not null)
        {
            json.WriteStartObject("former");
            json.WriteString("run", former.RunId?.ToString());
            json.WriteNumber("line", former.Line);
            json.WriteString("file", former.File);
            json.WriteString("conflict", former.Conflict);
            json.WriteString("parents", former.Parents);
            json.WriteStartObject("values");
            foreach ((string column, string value) in former.Values)
            {
                json.WriteString(column, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        if (seen is not null)
        {
            json.WritePropertyName("seen");
            json.WriteRawValue(seen);
        }

        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>The hash of the record that was decided on; <see langword="null"/> where it is not told.</summary>
    public static string? RecordOf(string evidence) => Read(evidence, root => Text(root, "record"));

    /// <summary>The hash of the row that counts, and the columns that it is of; <see langword="null"/> for none.</summary>
    public static (string Hash, IReadOnlySet<string>? Columns)? KeepOf(string evidence)
    {
        using JsonDocument document = JsonDocument.Parse(evidence);
        return Text(document.RootElement, "keep") is not { } hash ? null : (hash, document.RootElement.TryGetProperty("columns", out JsonElement columns)
            ? columns.EnumerateArray().Select(column => column.GetString()!).ToHashSet(StringComparer.OrdinalIgnoreCase)
            : null);
    }

    /// <summary>The run whose row it was decided on; <see langword="null"/> where it is not told.</summary>
    public static FormerRow? FormerOf(string evidence) => Read(evidence, root => !root.TryGetProperty("former", out JsonElement former) ? null : new FormerRow(
        Guid.TryParse(Text(former, "run"), out Guid run) ? run : null,
        former.GetProperty("line").GetInt64(),
        Text(former, "file"),
        Text(former, "conflict")!,
        Text(former, "parents"),
        former.GetProperty("values").EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!, StringComparer.OrdinalIgnoreCase)));

    private static T? Read<T>(string evidence, Func<JsonElement, T?> read)
    {
        using JsonDocument document = JsonDocument.Parse(evidence);
        return read(document.RootElement);
    }

    private static string? Text(JsonElement from, string name)
        => from.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}

/// <summary>One of several rows of a legacy id.</summary>
/// <param name="File">Its file; <see langword="null"/> where there is only one.</param>
/// <param name="Values">Its values that are not empty, by column of the file, as far as they are staged.</param>
internal sealed record ChosenRow(long Line, string? File, IReadOnlyDictionary<string, string> Values)
{
    public string Hash => RecordHash.Of(Values);
}

/// <summary>A row that is a conflict where nobody decides: what only a run that reads the file knows of it.</summary>
/// <param name="RunId">The run that staged it.</param>
/// <param name="Conflict">How its note begins.</param>
/// <param name="Parents">The parents of all rows of the id, as JSON; <see langword="null"/> for none.</param>
internal sealed record FormerRow(
    Guid? RunId, long Line, string? File, string Conflict, string? Parents, IReadOnlyDictionary<string, string> Values);
