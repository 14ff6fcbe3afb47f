using System.Text;
using System.Text.Json;

namespace Recon.HubSpot.Updates;

/// <summary>Writes <c>manifest.json</c>. It has no time in it: the same staging content gives the same bytes.</summary>
internal static class ManifestJson
{
    /// <summary>What tells a manifest of recon from any other file of that name.</summary>
    public const string Format = "recon-hubspot-export/1";

    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n" };

    /// <summary>Writes a manifest.</summary>
    public static string Write(PackManifest manifest)
    {
        using var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content, s_options))
        {
            json.WriteStartObject();
            json.WriteString("format", Format);
            json.WriteString("pipeline", manifest.Pipeline);
            json.WriteString("object", manifest.ObjectType);
            json.WriteString("endpoint", "POST " + manifest.Endpoint);
            json.WriteNumber("records", manifest.Records);
            json.WriteNumber("sharedHubspotIds", manifest.Left);
            json.WriteStartObject("propertyChanges");
            foreach ((string name, long count) in manifest.PropertyChanges)
            {
                json.WriteNumber(name, count);
            }

            json.WriteEndObject();
            WriteForecast(json, manifest);
            WriteFiles(json, "files", manifest.Files);
            WriteFiles(json, "undo", manifest.UndoFiles);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(content.ToArray()) + "\n";
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
            json.WriteNumber("inputs", file.Inputs);
            json.WriteNumber("bytes", file.Bytes);
            json.WriteString("sha256", file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
