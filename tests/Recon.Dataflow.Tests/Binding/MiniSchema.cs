using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Recon.Dataflow.Tests.Binding;

/// <summary>As much of JSON Schema as the generated schema uses.</summary>
internal static class MiniSchema
{
    public static bool Accepts(JsonObject root, JsonObject schema, JsonNode? value) => schema.All(rule => rule.Key switch
    {
        "$ref" => Accepts(root, root["$defs"]![((string)rule.Value!)["#/$defs/".Length..]]!.AsObject(), value),
        "oneOf" => rule.Value!.AsArray().Count(each => Accepts(root, each!.AsObject(), value)) == 1,
        "anyOf" => rule.Value!.AsArray().Any(each => Accepts(root, each!.AsObject(), value)),
        "const" => JsonNode.DeepEquals(rule.Value, value),
        "enum" => rule.Value!.AsArray().Any(each => JsonNode.DeepEquals(each, value)),
        "type" => (rule.Value as JsonArray ?? [rule.Value!.DeepClone()]).Any(type => IsOfType((string)type!, value)),
        "minimum" => value is not JsonValue number || number.GetValueKind() != JsonValueKind.Number || (double)number >= (double)rule.Value!,
        "maximum" => value is not JsonValue number || number.GetValueKind() != JsonValueKind.Number || (double)number <= (double)rule.Value!,
        "minLength" => value is not JsonValue text || text.GetValueKind() != JsonValueKind.String || ((string)text!).Length >= (int)rule.Value!,
        "pattern" => value is not JsonValue text || text.GetValueKind() != JsonValueKind.String || Regex.IsMatch((string)text!, (string)rule.Value!),
        "items" => value is not JsonArray items || items.All(item => Accepts(root, rule.Value!.AsObject(), item)),
        "properties" => value is not JsonObject members || rule.Value!.AsObject().All(property =>
            !members.TryGetPropertyValue(property.Key, out JsonNode? member) || Accepts(root, property.Value!.AsObject(), member)),
        "required" => value is not JsonObject members || rule.Value!.AsArray().All(key => members.ContainsKey((string)key!)),
        "additionalProperties" => value is not JsonObject members || Additional(root, schema, rule.Value!, members),
        "$schema" or "title" or "description" or "default" or "deprecated" or "$defs" => true,
        _ => throw new NotSupportedException($"The schema uses '{rule.Key}', which this check does not know."),
    });

    private static bool Additional(JsonObject root, JsonObject schema, JsonNode rule, JsonObject members) => members
        .Where(member => schema["properties"]?.AsObject().ContainsKey(member.Key) != true)
        .All(member => rule is JsonObject inner && Accepts(root, inner, member.Value));

    private static bool IsOfType(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("string", JsonValueKind.String) or ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => (double)value! == Math.Floor((double)value!),
        _ => false,
    };
}
