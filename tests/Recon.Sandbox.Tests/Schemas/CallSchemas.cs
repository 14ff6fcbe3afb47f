using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Recon.Sandbox.Control;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Sandbox.Tests.Schemas;

/// <summary>
/// Checks calls of a sandbox's log against schemas that were written from HubSpot's documentation. Linked into other test projects, which
/// run what recon sends through it.
/// </summary>
internal static class CallSchemas
{
    private static readonly Lazy<JsonObject> s_document = new(() => (JsonObject)JsonNode.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "Recon.Sandbox.Tests", "Schemas", "calls.schema.json")))!);

    private static readonly Lazy<Dictionary<string, JsonSchema>> s_schemas = new(() => ((JsonObject)s_document.Value["$defs"]!).ToDictionary(
        definition => definition.Key, definition => Of(definition.Key), StringComparer.Ordinal));

    /// <summary>What is wrong with a call: its request as recon must send it, and its answer as HubSpot gives it.</summary>
    /// <returns>Nothing for a call that is right; a sentence for each fault.</returns>
    public static IReadOnlyList<string> ProblemsOf(SandboxCall call)
        => [.. RequestOf(call) is { } request ? ProblemsOf(call, "request", request, call.Request) : [],
            .. call.Status is not null && AnswerOf(call) is { } answer ? ProblemsOf(call, $"answer {call.Status}", answer, call.Answer) : []];

    /// <summary>Whether a text is right by a definition of the document.</summary>
    public static bool IsValid(string definition, string json) => Evaluate(definition, json).IsValid;

    private static string? RequestOf(SandboxCall call) => call.Kind switch
    {
        CallKind.Read => "readRequest",
        CallKind.Update => "updateRequest",
        CallKind.Associate => "associateRequest",
        CallKind.Search => "searchRequest",
        CallKind.Token => "tokenRequest",
        _ => null,
    };

    private static string? AnswerOf(SandboxCall call) => call.Kind switch
    {
        _ when call.Status >= 400 => "error",
        CallKind.Read => "readAnswer",
        CallKind.Update => "updateAnswer",
        CallKind.Associate => "associateAnswer",
        CallKind.Search => "searchAnswer",
        CallKind.Get => "record",
        CallKind.Properties => call.Path.Contains("/v3/", StringComparison.Ordinal) ? "propertiesAnswerV3" : "propertiesAnswer",
        CallKind.Rules => "rulesAnswer",
        CallKind.Account => "accountAnswer",
        CallKind.Token => "tokenAnswer",
        _ => null,
    };

    private static IEnumerable<string> ProblemsOf(SandboxCall call, string what, string definition, string json)
        => Faults(Evaluate(definition, json)).Select(fault => $"call {call.No}, {call.Method} {call.Path}, {what} is no {definition}: {fault}");

    private static EvaluationResults Evaluate(string definition, string json)
        => s_schemas.Value[definition].Evaluate(JsonElement.Parse(json), new EvaluationOptions { OutputFormat = OutputFormat.List });

    private static IEnumerable<string> Faults(EvaluationResults results) => results.IsValid
        ? []
        : (results.Details ?? []).Where(detail => detail.Errors is { Count: > 0 })
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {error.Key}: {error.Value}"))
            .DefaultIfEmpty("it is wrong");

    private static JsonSchema Of(string definition)
    {
        var schema = (JsonObject)s_document.Value.DeepClone();
        schema["$ref"] = $"#/$defs/{definition}";
        return JsonSchema.FromText(schema.ToJsonString(), new BuildOptions { SchemaRegistry = new SchemaRegistry() });
    }
}
