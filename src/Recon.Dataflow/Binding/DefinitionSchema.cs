using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recon.Dataflow.Binding;

/// <summary>Makes the JSON Schema (draft 2020-12) of definition files from the same records that the reader binds.</summary>
internal static class DefinitionSchema
{
    private static readonly JsonSerializerOptions s_format = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="definition">The record of the whole file.</param>
    /// <returns>The schema as indented JSON, ending in a line feed.</returns>
    public static string Generate(Type definition)
    {
        SortedDictionary<string, JsonNode> definitions = new(StringComparer.Ordinal);
        JsonObject root = new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Recon definition",
            ["description"] = "What is reconciled with what, and how. Comments and trailing commas are allowed in the file.",
        };
        foreach ((string key, JsonNode? value) in RecordSchema(definition, definitions).ToArray())
        {
            root[key] = value?.DeepClone();
        }

        root["$defs"] = new JsonObject(definitions.Select(pair => KeyValuePair.Create<string, JsonNode?>(pair.Key, pair.Value)));
        return root.ToJsonString(s_format) + "\n";
    }

    private static JsonObject RecordSchema(Type type, SortedDictionary<string, JsonNode> definitions)
    {
        DefinitionShape shape = DefinitionShape.Of(type);
        JsonObject properties = [];
        JsonArray required = [];
        if (shape.Kind is { } kind)
        {
            properties["kind"] = new JsonObject { ["const"] = kind.Kind };
            required.Add((JsonNode)"kind");
        }

        foreach (ShapeMember member in shape.Members)
        {
            JsonObject schema = TypeSchema(member.Type, member.Option, definitions);
            schema["description"] = member.Option.Description;
            if (!member.Option.Required && DefaultOf(member.Property.GetValue(shape.Defaults)) is { } value)
            {
                schema["default"] = value;
            }

            if (member.Option.Required)
            {
                // Of two spellings none is required: the reader asks for one of them.
                if (member.Option.Formerly is null)
                {
                    required.Add((JsonNode)member.Key);
                }

                if (member.Type.Kind == ValueKind.String)
                {
                    schema["minLength"] = 1;
                }
            }

            properties[member.Key] = schema;
            if (member.Option.Formerly is { } former)
            {
                JsonObject old = (JsonObject)schema.DeepClone();
                old["description"] = $"The old spelling of \"{member.Key}\".";
                old["deprecated"] = true;
                properties[former] = old;
            }
        }

        JsonObject record = [];
        if (shape.Kind is not null)
        {
            record["description"] = shape.Kind.Description;
        }

        record["type"] = "object";
        record["properties"] = properties;
        if (required.Count > 0)
        {
            record["required"] = required;
        }

        record["additionalProperties"] = false;
        return record;
    }

    private static JsonObject TypeSchema(
        OptionType type, OptionAttribute option, SortedDictionary<string, JsonNode> definitions)
    {
        JsonObject schema = type.Kind switch
        {
            ValueKind.String => new JsonObject { ["type"] = "string" },
            ValueKind.Boolean => new JsonObject { ["type"] = "boolean" },
            ValueKind.Integer => Limited("integer", option),
            ValueKind.Number => Limited("number", option),
            ValueKind.Enumeration => new JsonObject
            {
                ["enum"] = new JsonArray([.. ScalarBinder.Spellings(type.Clr).Select(name => (JsonNode)name)]),
            },
            ValueKind.Limit => new JsonObject { ["type"] = new JsonArray("string", "integer"), ["pattern"] = Limit.Pattern, ["minimum"] = 0 },
            ValueKind.List => new JsonObject
            {
                ["type"] = "array",
                ["items"] = TypeSchema(type.Element!, option, definitions),
            },
            ValueKind.Dictionary => new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = TypeSchema(type.Element!, option, definitions),
            },
            _ => Reference(type, definitions),
        };
        return type.Nullable ? OrNull(schema) : schema;
    }

    private static JsonObject OrNull(JsonObject schema)
    {
        if (schema["type"] is JsonValue single)
        {
            schema["type"] = new JsonArray(single.DeepClone(), "null");
            return schema;
        }

        if (schema["type"] is JsonArray several)
        {
            several.Add((JsonNode)"null");
            return schema;
        }

        if (schema["enum"] is JsonArray values)
        {
            values.Add(null);
            return schema;
        }

        return new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
    }

    private static JsonObject Limited(string type, OptionAttribute option)
    {
        JsonObject schema = new() { ["type"] = type };
        if (double.IsFinite(option.Minimum))
        {
            schema["minimum"] = Number(option.Minimum);
        }

        if (double.IsFinite(option.Maximum))
        {
            schema["maximum"] = Number(option.Maximum);
        }

        return schema;
    }

    private static JsonNode Number(double value) => value == Math.Floor(value) ? (long)value : value;

    private static JsonObject Reference(OptionType type, SortedDictionary<string, JsonNode> definitions)
    {
        string name = NameOf(type.Clr);
        if (definitions.TryAdd(name, new JsonObject()))
        {
            definitions[name] = type.Kind == ValueKind.Union
                ? UnionSchema(type.Clr, definitions)
                : BareOr(RecordSchema(type.Clr, definitions), DefinitionShape.Of(type.Clr));
        }

        return new JsonObject { ["$ref"] = $"#/$defs/{name}" };
    }

    private static JsonObject BareOr(JsonObject record, DefinitionShape shape)
        => shape.Bare is null ? record : new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, record) };

    private static JsonObject UnionSchema(Type union, SortedDictionary<string, JsonNode> definitions)
    {
        IReadOnlyList<(string Kind, Type Type, bool Shorthand)> cases = DefinitionShape.CasesOf(union);
        JsonArray oneOf = [];
        string[] shorthands = [.. cases.Where(each => each.Shorthand).Select(each => each.Kind)];
        if (shorthands.Length > 0)
        {
            oneOf.Add((JsonNode)new JsonObject
            {
                ["description"] = "A kind with all defaults.",
                ["enum"] = new JsonArray([.. shorthands.Select(kind => (JsonNode)kind)]),
            });
        }

        foreach ((_, Type type, _) in cases)
        {
            oneOf.Add((JsonNode)Reference(new OptionType(ValueKind.Record, type, false, null), definitions));
        }

        return new JsonObject { ["oneOf"] = oneOf };
    }

    private static string NameOf(Type type)
    {
        string name = type.Name.Replace("Definition", "", StringComparison.Ordinal);
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    private static JsonNode? DefaultOf(object? value) => value switch
    {
        string text => text,
        bool flag => flag,
        int number => number,
        long number => number,
        double number => Number(number),
        decimal number => number,
        Enum name => DefinitionShape.Kebab(name.ToString()),
        Limit limit => limit.ToString(),
        IReadOnlyList<string> texts => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        _ => null,
    };
}
