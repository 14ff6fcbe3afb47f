using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Recon.Cli.Tests.Docs;

/// <summary>The JSON Schema of the definition as Markdown: a section for each kind of object, in the order in which they are named.</summary>
internal sealed class DefinitionReference(JsonElement schema)
{
    private readonly JsonElement _kinds = schema.GetProperty("$defs");
    private readonly List<string> _order = [];
    private readonly StringBuilder _text = new();

    /// <summary>The page's sections.</summary>
    public override string ToString()
    {
        Add("The file", schema);
        for (int i = 0; i < _order.Count; i++)
        {
            Add(Head(_order[i]), _kinds.GetProperty(_order[i]));
        }

        return _text.ToString();
    }

    private void Add(string head, JsonElement kind)
    {
        _text.Append(CultureInfo.InvariantCulture, $"## {head}\n\n");
        if (kind.TryGetProperty("description", out JsonElement about))
        {
            _text.Append(CultureInfo.InvariantCulture, $"{about.GetString()}\n\n");
        }

        if (kind.TryGetProperty("oneOf", out JsonElement choices))
        {
            foreach (JsonElement choice in choices.EnumerateArray())
            {
                _text.Append(CultureInfo.InvariantCulture, $"- {(choice.TryGetProperty("description", out JsonElement words) ? $"{words.GetString()} " : "")}{Type(choice)}\n");
            }

            _text.Append('\n');
        }

        if (!kind.TryGetProperty("properties", out JsonElement properties))
        {
            return;
        }

        HashSet<string> required = kind.TryGetProperty("required", out JsonElement names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [];
        _text.Append("| key | value | default | meaning |\n|---|---|---|---|\n");
        foreach (JsonProperty property in properties.EnumerateObject())
        {
            string fallback = property.Value.TryGetProperty("default", out JsonElement value) ? $"`{value.GetRawText().ReplaceLineEndings("").Replace("  ", "", StringComparison.Ordinal)}`"
                : required.Contains(property.Name) ? "required" : "";
            string words = property.Value.TryGetProperty("description", out JsonElement text) ? text.GetString()! : "";
            string old = property.Value.TryGetProperty("deprecated", out _) ? " *Deprecated.*" : "";
            _text.Append(CultureInfo.InvariantCulture, $"| `{property.Name}` | {Type(property.Value)}{Range(property.Value)} | {fallback.Replace("|", "\\|", StringComparison.Ordinal)} | {Cell(words)}{old} |\n");
        }

        _text.Append('\n');
    }

    private string Type(JsonElement value)
    {
        if (value.TryGetProperty("$ref", out JsonElement reference))
        {
            return Link(reference.GetString()!["#/$defs/".Length..]);
        }

        if (value.TryGetProperty("const", out JsonElement only))
        {
            return $"`{only.GetRawText()}`";
        }

        if (value.TryGetProperty("enum", out JsonElement names))
        {
            return string.Join(", ", names.EnumerateArray().Where(name => name.ValueKind != JsonValueKind.Null).Select(name => $"`{name.GetRawText()}`"));
        }

        if (value.TryGetProperty("anyOf", out JsonElement some) || value.TryGetProperty("oneOf", out some))
        {
            return string.Join(" or ", some.EnumerateArray().Where(each => !IsNull(each)).Select(Type));
        }

        string[] types = !value.TryGetProperty("type", out JsonElement type) ? []
            : type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray().Select(each => each.GetString()!).Where(each => each != "null")] : [type.GetString()!];
        return string.Join(" or ", types.Select(each => each switch
        {
            "array" => $"list of {(value.TryGetProperty("items", out JsonElement items) ? Type(items) : "values")}",
            "object" => $"object of {(value.TryGetProperty("additionalProperties", out JsonElement of) && of.ValueKind == JsonValueKind.Object ? Type(of) : "values")}",
            _ => each,
        }));
    }

    private static bool IsNull(JsonElement value)
        => value.TryGetProperty("type", out JsonElement type) && type.ValueKind == JsonValueKind.String && type.GetString() == "null";

    private static string Range(JsonElement value)
    {
        string low = value.TryGetProperty("minimum", out JsonElement least) ? least.GetRawText() : "";
        string high = value.TryGetProperty("maximum", out JsonElement most) ? most.GetRawText() : "";
        return (low, high) switch
        {
            ("", "") => "",
            (_, "") => $", at least {low}",
            ("", _) => $", at most {high}",
            _ => $", {low} to {high}",
        };
    }

    private string Link(string kind)
    {
        if (!_order.Contains(kind))
        {
            _order.Add(kind);
        }

        return $"[{Name(kind)}](#{Head(kind).ToLowerInvariant().Replace(' ', '-')})";
    }

    // Those that share a word with another, such as the comparison and the conversion "number", are told apart by what they are.
    private string Head(string kind)
        => kind.EndsWith("Block", StringComparison.Ordinal) ? $"Block {kind[..^"Block".Length]}"
            : kind.EndsWith("Comparison", StringComparison.Ordinal) ? $"Comparison {Name(kind)}"
            : IsConversion(kind) ? $"Conversion {Name(kind)}"
            : kind;

    private string Name(string kind)
        => _kinds.GetProperty(kind).TryGetProperty("properties", out JsonElement properties)
            && properties.TryGetProperty("kind", out JsonElement constant) && constant.TryGetProperty("const", out JsonElement word)
            ? word.GetString()! : kind;

    private bool IsConversion(string kind)
        => _kinds.GetProperty("conversion").GetProperty("oneOf").EnumerateArray().Any(each => each.TryGetProperty("$ref", out JsonElement name) && name.GetString() == $"#/$defs/{kind}");

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
