using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What another process has to know of a job to run its pipelines again.</summary>
internal sealed record JobSettings
{
    /// <summary>The file that is read in place of the pipeline's own, as a full path or an address; <see langword="null"/> for the pipeline's own.</summary>
    public string? Input { get; init; }

    public bool Resume { get; init; }

    public bool Fresh { get; init; }

    public bool Full { get; init; }

    public string? MaxRejects { get; init; }

    public IReadOnlyDictionary<string, string> Gates { get; init; } = new Dictionary<string, string>();

    public bool PublishAnyway { get; init; }

    /// <summary>Whether its coordinator listens on its own machine only, and workers there do the same unless they are told otherwise.</summary>
    public bool IsLocal { get; init; }

    /// <summary>
    /// SHA-256 of the certificate that its processes prove themselves with, in hexadecimal; <see langword="null"/> where they do not.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>Whether values of records are hidden in messages.</summary>
    public bool Mask { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, JobJson.Default.JobSettings);

    /// <exception cref="JsonException">The text is not what <see cref="ToJson"/> writes.</exception>
    public static JobSettings Parse(string json) => JsonSerializer.Deserialize(json, JobJson.Default.JobSettings) ?? new JobSettings();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JobSettings))]
internal sealed partial class JobJson : JsonSerializerContext;
