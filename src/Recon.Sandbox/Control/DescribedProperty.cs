using System.Text.Json;
using Recon.Sandbox.Api;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Control;

/// <summary>Properties and rules as an administrator makes them.</summary>
internal static class DescribedProperty
{
    /// <summary>Adds a property to an object type, or changes what is told of one: what is not named stays.</summary>
    public static void Define(SandboxPortal portal, JsonElement body)
    {
        string name = BodyReader.Text(body, "name");
        lock (portal.Sync)
        {
            ObjectStore store = portal.Store(BodyReader.Text(body, "object"));
            SandboxProperty before = store.Property(name) ?? new SandboxProperty(name);
            store.Define(before with
            {
                Type = BodyReader.TextOrNone(body, "type") ?? before.Type,
                FieldType = BodyReader.TextOrNone(body, "fieldType") ?? before.FieldType,
                Options = body.TryGetProperty("options", out _) ? BodyReader.Texts(body, "options") : before.Options,
                IsCalculated = Flag(body, "calculated") ?? before.IsCalculated,
                IsReadOnly = Flag(body, "readOnly") ?? before.IsReadOnly,
                IsUnique = Flag(body, "unique") ?? before.IsUnique,
                Rules = RulesOf(body) ?? before.Rules,
            });
        }
    }

    /// <summary>Demands a property of records for which a condition holds.</summary>
    public static void Require(SandboxPortal portal, JsonElement body)
    {
        lock (portal.Sync)
        {
            portal.Store(BodyReader.Text(body, "object")).ConditionalRules.Add(
                new ConditionalRule(BodyReader.Text(body, "when"), BodyReader.Text(body, "is"), BodyReader.Text(body, "required")));
        }
    }

    private static bool? Flag(JsonElement body, string name)
        => body.TryGetProperty(name, out JsonElement flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False ? flag.GetBoolean() : null;

    private static PropertyRule[]? RulesOf(JsonElement body)
        => body.TryGetProperty("rules", out JsonElement rules) && rules.ValueKind == JsonValueKind.Array
            ? [.. rules.EnumerateArray().Select(rule => new PropertyRule(BodyReader.Text(rule, "ruleType"), BodyReader.Texts(rule, "ruleArguments")))]
            : null;
}
