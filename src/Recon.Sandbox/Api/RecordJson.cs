using System.Text.Json;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Api;

/// <summary>A record as HubSpot writes it.</summary>
internal static class RecordJson
{
    private static readonly string[] s_always = [StandardProperties.Created, StandardProperties.Modified, StandardProperties.Id];

    /// <param name="properties">The properties asked for; those that the type has not are left out.</param>
    /// <param name="history">Those of which all former values are told, too.</param>
    /// <param name="traceId">The trace id of the input that wrote it.</param>
    public static void Write(
        Utf8JsonWriter json, ObjectStore store, SandboxRecord record, IEnumerable<string> properties, IReadOnlyCollection<string> history, string? traceId = null)
    {
        json.WriteStartObject();
        json.WriteString("id", record.Id);
        json.WriteStartObject("properties");
        foreach (string name in s_always.Concat(properties).Concat(history).Distinct(StringComparer.Ordinal))
        {
            if (store.Property(name) is not null)
            {
                json.WriteText(name, store.Value(record, name));
            }
        }

        json.WriteEndObject();
        if (history.Count > 0)
        {
            WriteHistory(json, store, record, history);
        }

        json.WriteString("createdAt", Instants.Text(record.CreatedAt));
        json.WriteString("updatedAt", Instants.Text(record.UpdatedAt));
        json.WriteBoolean("archived", record.IsArchived);
        if (traceId is not null)
        {
            json.WriteString("objectWriteTraceId", traceId);
        }

        json.WriteEndObject();
    }

    private static void WriteHistory(Utf8JsonWriter json, ObjectStore store, SandboxRecord record, IEnumerable<string> names)
    {
        json.WriteStartObject("propertiesWithHistory");
        foreach (string name in names.Where(name => store.Property(name) is not null))
        {
            json.WriteStartArray(name);
            foreach (HistoryItem item in store.History(record, name))
            {
                json.WriteStartObject();
                json.WriteString("value", item.Value);
                json.WriteString("timestamp", Instants.Text(item.At));
                json.WriteString("sourceType", item.Source.Type);
                if (item.Source.Id is { } id)
                {
                    json.WriteString("sourceId", id);
                }

                if (item.Source.Label is { } label)
                {
                    json.WriteString("sourceLabel", label);
                }

                if (item.Source.User is { } user)
                {
                    json.WriteNumber("updatedByUserId", user);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
