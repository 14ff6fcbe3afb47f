namespace Recon.Samples;

/// <summary>How HubSpot's value is changed where it is to differ.</summary>
internal enum SampleValueKind
{
    Text,

    Number,

    /// <summary>A bare host.</summary>
    Domain,

    Url,

    /// <summary>A number in E.164.</summary>
    Phone,

    /// <summary>A number in E.164 that the numbering plan has not given out, and so no update where HubSpot holds another one.</summary>
    UnassignedPhone,

    Email,

    Date,

    Timestamp,
}

/// <summary>A property that a definition compares.</summary>
/// <param name="Column">The column of the file that holds it.</param>
/// <param name="Values">Its values in HubSpot, if they are a list.</param>
internal sealed record SampleProperty(
    string Name, string Column, SampleValueKind Kind = SampleValueKind.Text, string PostgresType = "text", string[]? Values = null);

/// <summary>One of the four objects: its file, its mirror table and its dirt.</summary>
internal sealed record SampleObject
{
    /// <summary>Number of the object, from 0; seeds its draws.</summary>
    public required int Number { get; init; }

    public required string Pipeline { get; init; }

    public required string File { get; init; }

    /// <summary>Columns of the bronze file, in order. The first holds the legacy id.</summary>
    public required string[] Header { get; init; }

    /// <summary>Whether the file starts with a byte order mark.</summary>
    public required bool ByteOrderMark { get; init; }

    /// <summary>What ends a record of the file; inside quotes a line ends with LF.</summary>
    public required string NewLine { get; init; }

    /// <summary>Whether the last record of a file that is long enough has a quote that is never closed.</summary>
    public bool EndsUnclosed { get; init; }

    public required long FirstId { get; init; }

    /// <summary>The mirror column that holds the legacy id.</summary>
    public required string Key { get; init; }

    public required IReadOnlyList<SampleProperty> Properties { get; init; }

    /// <summary>Mirror columns that hold HubSpot ids of parents.</summary>
    public IReadOnlyList<string> ParentColumns { get; init; } = [];

    /// <summary>The column that says that a record is deleted; <see langword="null"/> when the file has none.</summary>
    public string? DeletedColumn { get; init; }

    /// <summary>The column of the first parent's id; <see langword="null"/> when the object has no parents.</summary>
    public string? ParentIdColumn { get; init; }

    /// <summary>A mapped text column that is never empty: rows that disagree do so here, texts are damaged here.</summary>
    public required string TextColumn { get; init; }

    /// <summary>Mapped columns in which a text means "no value".</summary>
    public required string[] NullColumns { get; init; }

    /// <summary>The kinds of dirt placed on records, one per period each.</summary>
    public required IReadOnlyList<DefectKind> Dirt { get; init; }

    public int Cell(string column) => Array.IndexOf(Header, column);
}
