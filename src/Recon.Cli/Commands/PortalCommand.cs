using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Api;
using Recon.HubSpot.Portal;

namespace Recon.Cli.Commands;

/// <summary><c>recon portal</c>: what the HubSpot account takes, as a file.</summary>
internal static class PortalCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon portal pull --out portal.json", "Properties, options and rules of the account, for the option --portal of 'check'."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var action = CommonOptions.Word("action", "recon portal", "pull: read properties, options and rules of the definition's object types from HubSpot.", "pull");
        var file = new Option<string>("--out")
        {
            Description = "The file to write. Conditions that were written into it by hand are kept: HubSpot does not tell them.",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("portal", "Read from HubSpot what the account takes, and write it to a file. Changes nothing in HubSpot.") { action, file };
        return binder.Bind(command, s_examples, (parse, invocation) => PullAsync(invocation, parse.GetRequiredValue(file)));
    }

    private static async Task<int> PullAsync(Invocation invocation, string path)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        ValidDefinition definition = reading.Definition!;
        if (new NamedFiles(invocation.DefinitionPath, reading).Find(path) is { } what)
        {
            throw new UsageException($"recon portal pull would write over {what}: {path}. Name another file.");
        }

        CancellationToken token = invocation.Context.Signals.StopReading;
        PortalFile? before = File.Exists(path) ? PortalFile.Read(path, await File.ReadAllBytesAsync(path, token)) : null;
        var settings = HubspotSettings.Resolve(definition.Hubspot, invocation.Context.Environment);
        TimeProvider clock = invocation.Context.Clock;
        using var client = new HubspotClient(settings, new MemoryBucket(clock), clock, invocation.Logger);
        PortalFile pulled = await PortalReader.ReadAsync(client, definition.Pipelines.SelectMany(pipeline => pipeline.ObjectTypes), clock, token);
        RequireAccount(settings, before, pulled, path);
        pulled = before is null ? pulled : pulled.WithConditionsOf(before);

        // Whoever reads it meanwhile has the former one whole.
        string part = $"{path}.part";
        await File.WriteAllBytesAsync(part, pulled.Write(), token);
        File.Move(part, path, overwrite: true);
        invocation.HasActed = true;
        Print(invocation, path, pulled);
        return ExitCodes.Done;
    }

    private static void RequireAccount(HubspotSettings settings, PortalFile? before, PortalFile pulled, string path)
    {
        if (settings.Portal is { } named && named != pulled.Portal)
        {
            throw new UsageException(
                $"The token in {settings.TokenVariable} belongs to the account {pulled.Portal}, and the definition's \"hubspot.portal\" is {named}. Correct one of them; nothing was written.");
        }

        if (before is not null && before.Portal != pulled.Portal)
        {
            throw new UsageException($"{path} is of the account {before.Portal}, and the token in {settings.TokenVariable} belongs to {pulled.Portal}. Name another file; nothing was written.");
        }
    }

    private static void Print(Invocation invocation, string path, PortalFile file)
    {
        var document = new PortalDocument(
            path,
            file.Portal,
            file.Objects.ToDictionary(
                pair => pair.Key,
                pair => new PortalTypeDocument(pair.Value.Properties.Count, pair.Value.Rules.Required.Count, pair.Value.Rules.Conditional.Count, pair.Value.Rules.Values.Count)));
        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(document, PortalDocumentJson.Default.PortalDocument));
            return;
        }

        invocation.Line($"Account {file.Portal}: wrote {path}.");
        foreach ((string type, PortalTypeDocument counts) in document.Objects)
        {
            invocation.Line(
                $"  {type}: {Show.Count(counts.Properties)} properties, {counts.Required} required, {counts.Conditional} required under a condition, {Show.Count(counts.Rules, "rule")} about values");
        }
    }
}

internal sealed record PortalDocument(string File, long Portal, IReadOnlyDictionary<string, PortalTypeDocument> Objects);

internal sealed record PortalTypeDocument(int Properties, int Required, int Conditional, int Rules);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(PortalDocument))]
internal sealed partial class PortalDocumentJson : JsonSerializerContext;
