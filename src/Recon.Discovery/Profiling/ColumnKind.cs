namespace Recon.Discovery.Profiling;

/// <summary>What the values of a column are, most of them.</summary>
internal enum ColumnKind
{
    /// <summary>No value at all.</summary>
    Empty,

    Text,

    /// <summary>Text with HTML tags or entities.</summary>
    Html,

    /// <summary>Distinct in nearly all records, and short: what could identify them.</summary>
    Id,

    Integer,
    Number,
    Boolean,
    Date,
    DateTime,

    /// <summary>Few distinct values, each in many records.</summary>
    Enumeration,

    /// <summary>Lists of few distinct values.</summary>
    MultiSelect,

    Email,
    Phone,
    Url,
}
