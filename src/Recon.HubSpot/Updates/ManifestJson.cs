using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Recon.HubSpot.Updates;

/// <summary>Writes <c>manifest.json</c>.</summary>
internal static class ManifestJson
{
    /// <summary>What tells a manifest of recon from any other file of that name.</summary>
    public const string Format = "recon-hubspot-export/1";

    public static string Write(PackManifest manifest)
        => JsonSerializer.Serialize(Document(manifest), ManifestContext.Default.ManifestDocument) + "\n";

    /// <summary>The manifest as the command answers it.</summary>
    /// <param name="folder">The folder that holds it.</param>
    /// <param name="former">Where the export is whose place it took.</param>
    public static string Answer(PackManifest manifest, string folder, string? former)
    {
        var answer = (JsonObject)JsonSerializer.SerializeToNode(Document(manifest), ManifestContext.Default.ManifestDocument)!;
        answer["folder"] = folder;
        answer["former"] = former;
        return answer.ToJsonString(ManifestContext.Default.Options) + "\n";
    }

    private static ManifestDocument Document(PackManifest manifest)
    {
        PackSource source = manifest.Source;
        PackObject? single = manifest.Objects is [{ } one] ? one : null;
        return new ManifestDocument(
            Format,
            source.Pipeline,
            source.Run?.Id,
            source.Run is { } run ? Time(run.StartedAt) : null,
            source.MergedRuns,
            Time(source.ExportedAt),
            source.Run?.InputFiles,
            source.Run?.InputFingerprint,
            single?.ObjectType,
            single is null ? null : "POST " + single.Endpoint,
            [.. manifest.Objects.Select(each => new ObjectDocument(each.ObjectType, "POST " + each.Endpoint, each.Records, each.Calls))],
            manifest.Records,
            source.Shared,
            manifest.WithoutObject,
            manifest.PropertyChanges,
            new ForecastDocument(manifest.Files.Count, [.. manifest.Forecast.Select(PlanDocument.Of)]),
            manifest.Files,
            manifest.UndoFiles,
            source.ClaimedElsewhere);
    }

    private static string Time(DateTimeOffset time)
        => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

internal sealed record ManifestDocument(
    string Format,
    string Pipeline,
    Guid? RunId,
    string? RunStartedAt,
    IReadOnlyList<Guid> MergedRunIds,
    string ExportedAt,
    string? Input,
    string? InputFingerprint,
    string? Object,
    string? Endpoint,
    IReadOnlyList<ObjectDocument> Objects,
    long Records,
    long SharedHubspotIds,
    long WithoutObject,
    IReadOnlyDictionary<string, long> PropertyChanges,
    ForecastDocument Forecast,
    IReadOnlyList<UpdateFile> Files,
    IReadOnlyList<UpdateFile> Undo,
    long ClaimedElsewhere);

internal sealed record ObjectDocument(string Object, string Endpoint, long Records, int Calls);

internal sealed record ForecastDocument(int Calls, IReadOnlyList<PlanDocument> Plans);

internal sealed record PlanDocument(string Plan, int CallsPer10Seconds, int CallsPerDay, double Minutes, double ShareOfDay)
{
    public static PlanDocument Of(QuotaForecast forecast) => new(
        forecast.Plan.Name, forecast.Plan.CallsPer10Seconds, forecast.Plan.CallsPerDay, forecast.Minutes, forecast.ShareOfDay);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ManifestDocument))]
internal sealed partial class ManifestContext : JsonSerializerContext;
