using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Recon.HubSpot.Updates;

/// <summary>Writes <c>manifest.json</c>.</summary>
internal static class ManifestJson
{
    /// <summary>What tells a manifest of recon from any other file of that name.</summary>
    public const string Format = "recon-hubspot-export/1";

    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n" };

    /// <param name="folder">The folder that holds it, for the answer of the command.</param>
    /// <param name="former">Where the export is whose place it took, likewise.</param>
    public static string Write(PackManifest manifest, string? folder = null, string? former = null)
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content, s_options))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            WriteSource(json, manifest.Source);
            PackObject? single = manifest.Objects is [{ } one] ? one : null;
            json.WriteString("object", single?.ObjectType);
            json.WriteString("endpoint", single is null ? null : "POST " + single.Endpoint);
            WriteObjects(json, manifest.Objects);
            json.WriteNumber("records", manifest.Records);
            json.WriteNumber("sharedHubspotIds", manifest.Source.Shared);
            json.WriteNumber("withoutObject", manifest.WithoutObject);
            json.WriteStartObject("propertyChanges");
            foreach ((string name, long count) in manifest.PropertyChanges)
            {
                json.WriteNumber(name, count);
            }

            json.WriteEndObject();
            WriteForecast(json, manifest);
            WriteFiles(json, "files", manifest.Files);
            WriteFiles(json, "undo", manifest.UndoFiles);
            if (folder is not null)
            {
                json.WriteString("folder", folder);
                json.WriteString("former", former);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(content.ToArray()) + "\n";
    }

    private static void WriteSource(Utf8JsonWriter json, PackSource source)
    {
        json.WriteString("pipeline", source.Pipeline);
        json.WriteString("runId", source.Run?.Id.ToString());
        json.WriteString("runStartedAt", source.Run is { } run ? Time(run.StartedAt) : null);
        json.WriteStartArray("mergedRunIds");
        foreach (Guid merged in source.MergedRuns)
        {
            json.WriteStringValue(merged);
        }

        json.WriteEndArray();
        json.WriteString("exportedAt", Time(source.ExportedAt));
        json.WriteString("input", source.Run?.InputFiles);
        json.WriteString("inputFingerprint", source.Run?.InputFingerprint);
    }

    private static string Time(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void WriteObjects(Utf8JsonWriter json, IReadOnlyList<PackObject> objects)
    {
        json.WriteStartArray("objects");
        foreach (PackObject each in objects)
        {
            json.WriteStartObject();
            json.WriteString("object", each.ObjectType);
            json.WriteString("endpoint", "POST " + each.Endpoint);
            json.WriteNumber("records", each.Records);
            json.WriteNumber("calls", each.Calls);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteForecast(Utf8JsonWriter json, PackManifest manifest)
    {
        json.WriteStartObject("forecast");
        json.WriteNumber("calls", manifest.Files.Count);
        json.WriteStartArray("plans");
        foreach (QuotaForecast forecast in manifest.Forecast)
        {
            json.WriteStartObject();
            json.WriteString("plan", forecast.Plan.Name);
            json.WriteNumber("callsPer10Seconds", forecast.Plan.CallsPer10Seconds);
            json.WriteNumber("callsPerDay", forecast.Plan.CallsPerDay);
            json.WriteNumber("minutes", forecast.Minutes);
            json.WriteNumber("shareOfDay", forecast.ShareOfDay);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteFiles(Utf8JsonWriter json, string name, IReadOnlyList<UpdateFile> files)
    {
        json.WriteStartArray(name);
        foreach (UpdateFile file in files)
        {
            json.WriteStartObject();
            json.WriteString("name", file.Name);
            json.WriteString("object", file.ObjectType);
            json.WriteNumber("inputs", file.Inputs);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
