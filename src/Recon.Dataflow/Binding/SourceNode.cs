namespace Recon.Dataflow.Binding;

/// <summary>What a JSON value is.</summary>
internal enum SourceKind
{
    Object,

    Array,

    String,

    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>.</summary>
    Null,
}

/// <summary>A JSON value and where it stands. Unlike the usual trees, it keeps repeated keys and offsets.</summary>
internal sealed class SourceNode(SourceKind kind, int offset, string text = "")
{
    public SourceKind Kind { get; } = kind;

    /// <summary>Where it starts, in bytes.</summary>
    public int Offset { get; } = offset;

    /// <summary>The string's content, the number as it is written, or <c>true</c> or <c>false</c>.</summary>
    public string Text { get; } = text;

    /// <summary>The members of an object, in order, repeats included.</summary>
    public List<SourceMember> Members { get; } = [];

    public List<SourceNode> Items { get; } = [];

    /// <summary>Where an object or array ends, behind its bracket; 0 where a syntax error leaves it open.</summary>
    public int End { get; set; }

    /// <summary>Whether the object or array was closed; a syntax error leaves it open.</summary>
    public bool Closed => End > 0;

    /// <summary>What it is, for people.</summary>
    public string Describe() => Kind switch
    {
        SourceKind.Object => "an object",
        SourceKind.Array => "a list",
        SourceKind.String => "a string",
        SourceKind.Number => "a number",
        SourceKind.Boolean => Text,
        _ => "null",
    };
}

/// <summary>A member of a JSON object.</summary>
internal sealed record SourceMember(string Name, int Offset, SourceNode Value);
