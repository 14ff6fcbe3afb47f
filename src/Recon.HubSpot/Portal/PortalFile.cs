using System.Collections.ObjectModel;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recon.HubSpot.Portal;

// Generated readers give null, in place of the default, for what a file leaves out.

/// <summary>What an account takes: properties, options and rules of its object types, as a file holds it.</summary>
internal sealed record PortalFile
{
    /// <summary>What tells such a file from any other JSON.</summary>
    public const string CurrentFormat = "recon-portal/1";

    // Labels stay readable, and no page shows them.
    private static readonly PortalJson s_writing = new(new JsonSerializerOptions(PortalJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string Format { get; init; } = "";

    /// <summary>The account.</summary>
    public long Portal { get; init; }

    public DateTimeOffset PulledAt { get; init; }

    /// <summary>By object type, as addresses name it.</summary>
    public IReadOnlyDictionary<string, PortalObject> Objects { get; init => field = value ?? ReadOnlyDictionary<string, PortalObject>.Empty; } = ReadOnlyDictionary<string, PortalObject>.Empty;

    /// <param name="name">The file, as the user named it.</param>
    /// <exception cref="PortalFileException">It is no such file; the message says where and why.</exception>
    public static PortalFile Read(string name, ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, PortalJson.Default.PortalFile) is { Format: CurrentFormat } file
                ? file
                : throw new PortalFileException($"{name} is no portal file: its \"format\" is not \"{CurrentFormat}\". Write one with 'recon portal pull --out FILE'.");
        }
        catch (JsonException wrong)
        {
            throw new PortalFileException(
                $"{name}:{wrong.LineNumber + 1}:{wrong.BytePositionInLine + 1}: {wrong.Path} cannot be read as part of a portal file. Correct it, or write the file anew with 'recon portal pull --out FILE'.");
        }
    }

    /// <summary>The same file with the conditions of a former one, which HubSpot does not tell.</summary>
    public PortalFile WithConditionsOf(PortalFile former) => this with
    {
        Objects = Objects.ToDictionary(
            pair => pair.Key,
            pair => former.Objects.GetValueOrDefault(pair.Key) is { Rules.Conditional: { Count: > 0 } conditions }
                ? pair.Value with { Rules = pair.Value.Rules with { Conditional = conditions } }
                : pair.Value,
            StringComparer.Ordinal),
    };

    public byte[] Write() => [.. JsonSerializer.SerializeToUtf8Bytes(this, s_writing.PortalFile), (byte)'\n'];
}

/// <summary>A file is no portal file, or cannot be used as one.</summary>
internal sealed class PortalFileException(string message) : Exception(message);

/// <summary>An object type of an account.</summary>
internal sealed record PortalObject
{
    public IReadOnlyList<PortalProperty> Properties { get; init => field = value ?? []; } = [];

    public PortalRules Rules { get; init => field = value ?? new(); } = new();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(PortalFile))]
internal sealed partial class PortalJson : JsonSerializerContext;
