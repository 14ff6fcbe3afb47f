using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Recon.Cli.Hosting;

/// <summary>Which recon this is.</summary>
/// <param name="Version">The version, without the commit.</param>
/// <param name="Commit">The commit it was built from; <see langword="null"/> when it was built from no repository.</param>
/// <param name="Date">The day of that commit, as <c>2026-01-31</c>; <see langword="null"/> when git was not there to tell.</param>
internal sealed record ToolVersion(string Version, string? Commit, string? Date)
{
    public static ToolVersion Current { get; } = Of(typeof(ToolVersion).Assembly);

    [JsonIgnore]
    public string Text
    {
        get
        {
            string[] source = [.. ((string?[])[Commit is { Length: > 12 } ? Commit[..12] : Commit, Date]).OfType<string>()];
            return $"{Version}{(source.Length == 0 ? "" : $" ({string.Join(", ", source)})")}";
        }
    }

    private static ToolVersion Of(Assembly assembly)
    {
        string[] parts = (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+');
        string? date = assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(each => each.Key == "CommitDate")?.Value;
        return new(parts[0], parts.ElementAtOrDefault(1), string.IsNullOrEmpty(date) ? null : date);
    }
}

/// <summary>What <c>--version</c> does.</summary>
internal sealed class VersionAction(GlobalOptions global) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        string text = parseResult.GetValue(global.Json)
            ? JsonText.Of(ToolVersion.Current, VersionJson.Default.ToolVersion)
            : $"{ToolVersion.Current.Text}\n";
        parseResult.InvocationConfiguration.Output.Write(text);
        return ExitCodes.Done;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ToolVersion))]
internal sealed partial class VersionJson : JsonSerializerContext;
