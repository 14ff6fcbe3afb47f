using Recon.Dataflow.Binding;

namespace Recon.Discovery.Writing;

/// <summary>A part of a definition as it is to be written, with its comments.</summary>
internal abstract class JsonPart
{
    /// <summary>Whether it stands over several lines even where it would fit on one.</summary>
    public bool IsBroken { get; init; }

    /// <summary>The entries; none for a plain value.</summary>
    public List<JsonEntry> Entries { get; } = [];

    /// <summary>Whether a comment is in it, so that it cannot stand on one line.</summary>
    public bool HasComments => Entries.Any(entry => entry.Above.Count > 0 || entry.Beside is not null || entry.Value is not { HasComments: false });

    /// <summary>The part on one line, without comments.</summary>
    public abstract string Line { get; }
}

/// <summary>A plain value.</summary>
internal sealed class JsonScalar(string json) : JsonPart
{
    public override string Line => json;

    public static JsonScalar Of(string text) => new(DefinitionEdit.Quoted(text));
}

internal sealed class JsonList : JsonPart
{
    public override string Line => $"[{string.Join(", ", Entries.Select(entry => entry.Value?.Line))}]";

    public static JsonList Of(IEnumerable<JsonPart> items, bool isBroken = false)
    {
        JsonList list = new() { IsBroken = isBroken };
        list.Entries.AddRange(items.Select(item => new JsonEntry(null, item)));
        return list;
    }
}

internal sealed class JsonObject : JsonPart
{
    public override string Line => Entries.Count == 0 ? "{}" : $"{{ {string.Join(", ", Entries.Select(entry => $"{DefinitionEdit.Quoted(entry.Key ?? "")}: {entry.Value?.Line}"))} }}";

    /// <summary>The entry of a key; null where there is none.</summary>
    public JsonEntry? this[string key] => Entries.Find(entry => entry.Key == key);

    public JsonEntry Add(string key, JsonPart value)
    {
        JsonEntry entry = new(key, value);
        Entries.Add(entry);
        return entry;
    }
}

/// <summary>A member of an object, an item of a list, or comments alone.</summary>
/// <param name="Key">Null in lists, and for comments.</param>
/// <param name="Value">Null for comments alone.</param>
internal sealed record JsonEntry(string? Key, JsonPart? Value)
{
    /// <summary>Comments on lines of their own before it, without the slashes.</summary>
    public List<string> Above { get; } = [];

    /// <summary>A comment behind it; on a line before it where there is no room.</summary>
    public string? Beside { get; set; }

    public static JsonEntry Comment(IEnumerable<string> lines)
    {
        JsonEntry entry = new(null, null);
        entry.Above.AddRange(lines);
        return entry;
    }
}
