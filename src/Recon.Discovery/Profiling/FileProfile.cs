using Recon.Dataflow.Definition;

namespace Recon.Discovery.Profiling;

/// <summary>How a file is written and what it holds.</summary>
internal sealed record FileProfile
{
    /// <summary>As the user named it.</summary>
    public required string Path { get; init; }

    public required long Bytes { get; init; }

    /// <summary>Bytes that were looked at: all, or those of the beginning, the middle and the end.</summary>
    public required long BytesSeen { get; init; }

    public bool IsSampled => BytesSeen < Bytes;

    /// <summary>Records that were looked at, without the header.</summary>
    public required long Records { get; init; }

    /// <summary>Records among them that cannot be read, such as those with too many fields.</summary>
    public required long Malformed { get; init; }

    /// <summary>A name that the definition takes.</summary>
    public required Found<string> Encoding { get; init; }

    /// <summary>As the definition writes it: <c>,</c>, <c>;</c>, <c>tab</c> …</summary>
    public required Found<string> Delimiter { get; init; }

    /// <summary>As the definition writes it: <c>"</c>, <c>'</c> or <c>none</c>.</summary>
    public required Found<string> Quote { get; init; }

    public required Found<FieldEscape> Escape { get; init; }

    /// <summary>Null where a line end ends a record.</summary>
    public string? RecordSeparator { get; init; }

    public required Found<bool> Header { get; init; }

    /// <summary>Null spellings of the file as a whole.</summary>
    public required IReadOnlyList<string> Nulls { get; init; }

    /// <summary>In the order of the file. Without a header the names are <c>column1</c> and so on.</summary>
    public required IReadOnlyList<ColumnProfile> Columns { get; init; }

    public required IReadOnlyList<Damage> Damage { get; init; }

    /// <summary>What a run would not read as it is, with what to do, and what was not looked at: whole sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The csv block that reads the file as it was found.</summary>
    /// <param name="path">The file's path as the definition names it.</param>
    /// <param name="id">The column with the id.</param>
    public CsvBlockDefinition ToBlock(string path, string id) => new()
    {
        Path = path,
        Id = id,
        Encoding = Encoding.Value,
        Delimiter = Delimiter.Value,
        Quote = Quote.Value,
        Escape = Escape.Value,
        RecordSeparator = RecordSeparator,
        Header = Header.Value,
        Columns = Header.Value ? null : [.. Columns.Select(column => column.Name)],
    };
}
