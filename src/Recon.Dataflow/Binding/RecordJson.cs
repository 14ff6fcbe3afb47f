using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recon.Dataflow.Binding;

/// <summary>A record of the definition as somebody would write it: only what differs from the defaults, on one line.</summary>
internal static class RecordJson
{
    public static string Of(object record)
    {
        DefinitionShape shape = DefinitionShape.Of(record.GetType());
        string[] members =
        [
            .. shape.Members
                .Select(member => (member.Key, Text: Value(member.Property.GetValue(record)), Default: Value(member.Property.GetValue(shape.Defaults))))
                .Where(member => member.Text != member.Default)
                .Select(member => $"{Text(member.Key)}: {member.Text}"),
        ];
        return shape.Kind is not { } kind ? $"{{ {string.Join(", ", members)} }}"
            : members.Length == 0 && kind.Shorthand ? Text(kind.Kind)
            : $"{{ {string.Join(", ", members.Prepend($"\"kind\": {Text(kind.Kind)}"))} }}";
    }

    public static string Value(object? value) => value switch
    {
        null => "null",
        string text => Text(text),
        bool flag => flag ? "true" : "false",
        Enum name => Text(DefinitionShape.Kebab(name.ToString())),
        Limit limit => Text(limit.ToString()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IReadOnlyDictionary<string, string> pairs
            => $"{{ {string.Join(", ", pairs.Select(pair => $"{Text(pair.Key)}: {Text(pair.Value)}"))} }}",
        System.Collections.IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Value))}]",
        _ => Of(value),
    };

    private static string Text(string text) => $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
