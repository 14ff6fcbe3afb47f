using System.Collections;
using Recon.Dataflow.Binding;

namespace Recon.Discovery.Writing;

/// <summary>Records of a definition as parts to write: what must be given or differs from the defaults, names first.</summary>
internal static class RecordParts
{
    // The other keys follow in the order of the record.
    private static readonly string[] s_first = ["role", "name"];

    public static JsonObject Of(object record)
    {
        DefinitionShape shape = DefinitionShape.Of(record.GetType());
        JsonObject part = new();
        if (shape.Kind is { } kind)
        {
            part.Add("kind", JsonScalar.Of(kind.Kind));
        }

        foreach ((ShapeMember member, JsonPart value) in shape.Members
            .Select(member => (member, Value: Value(member.Property.GetValue(record)), Default: Value(member.Property.GetValue(shape.Defaults))))
            .Where(member => member.member.Option.Required || member.Value.Line != member.Default.Line)
            .Select(member => (member.member, member.Value))
            .OrderBy(member => Array.IndexOf(s_first, member.member.Key) is >= 0 and int index ? index : s_first.Length))
        {
            part.Add(member.Key, value);
        }

        return part;
    }

    /// <summary>A value, whatever it is by default.</summary>
    public static JsonPart Value(object? value) => value switch
    {
        IDictionary pairs => Object(pairs),
        string text => JsonScalar.Of(text),
        IEnumerable list => JsonList.Of(list.Cast<object?>().Select(Value)),
        null or bool or IFormattable or Limit => new JsonScalar(RecordJson.Value(value)),
        _ when DefinitionShape.Of(value.GetType()) is { Kind.Shorthand: true } && Of(value) is { Entries.Count: 1 } bare => bare.Entries[0].Value ?? bare,
        _ => Of(value),
    };

    private static JsonObject Object(IDictionary pairs)
    {
        JsonObject part = new();
        foreach (DictionaryEntry pair in pairs)
        {
            part.Add((string)pair.Key, Value(pair.Value));
        }

        return part;
    }
}
