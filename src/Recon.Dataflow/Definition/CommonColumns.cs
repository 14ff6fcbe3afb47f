namespace Recon.Dataflow.Definition;

/// <summary>The columns that every staging table has after its ids and its own columns, in the order of a tuple.</summary>
internal static class CommonColumns
{
    /// <summary>The column of <see cref="Written"/> that names the run.</summary>
    public const string RunId = "run_id";

    /// <summary>Name and PostgreSQL type of each column that the rows of a run have from the run.</summary>
    public static IReadOnlyList<(string Name, string Type)> Written { get; } =
    [
        ("legacy_properties", "jsonb not null default '{}'"),
        ("properties_to_update", "jsonb not null default '{}'"),
        ("previous_values", "jsonb not null default '{}'"),
        ("reconciliation_status", "text not null"),
        ("match_confidence", "numeric(5,2)"),
        ("match_rule", "text"),
        ("notes", "text"),
        ("source_line", "bigint"),
        ("source_file", "text"),
        (RunId, "uuid"),
        ("last_updated", "timestamptz not null default now()"),
    ];

    /// <summary>What a table of rows has in place of <see cref="LegacyProperties"/>: the values of a row in one text, and the number of the list of their names.</summary>
    public static IReadOnlyList<(string Name, string Type)> Packed { get; } = [("recon_values", "text"), ("recon_names", "smallint")];

    /// <summary>The raw values of a record by column of the file.</summary>
    public static (string Name, string Type) LegacyProperties => Written[0];

    /// <summary>The columns of <see cref="Written"/> that hold an empty object when a record changes nothing.</summary>
    public static IReadOnlyList<string> Changes { get; } = ["properties_to_update", "previous_values"];

    /// <summary>The columns of <see cref="Written"/> that say when and from where a row was written, not what it is.</summary>
    public static IReadOnlyList<string> Stamps { get; } = [.. Written.SkipWhile(column => column.Name != "source_line").Select(column => column.Name)];

    /// <summary>
    /// The columns of <see cref="Written"/> that are the same in all rows of a run, which adds them when all rows are there; the run's id
    /// is the last.
    /// </summary>
    public static IReadOnlyList<(string Name, string Type)> Late => [.. Written.Where(column => column.Name is RunId or "last_updated").Reverse()];

    /// <summary>
    /// The columns that are the same in most rows of a run, those of records found by their legacy id: the number of the names, status,
    /// confidence and rule.
    /// </summary>
    public static IReadOnlyList<string> Usual { get; } = [Packed[1].Name, .. Written.Skip(3).Take(3).Select(column => column.Name)];

    /// <summary>The columns of <see cref="Written"/> that people are shown beside the ids.</summary>
    public static IReadOnlyList<string> Shown { get; } =
        ["reconciliation_status", "match_confidence", "match_rule", "properties_to_update", "notes"];

    /// <summary>The union of the parent ids of repeated rows, filled when repeats are folded; null for a single row.</summary>
    public static (string Name, string Type) ParentIds { get; } = ("parent_ids", "jsonb");

    /// <summary>All of them: those that a batch writes, and what folding fills in.</summary>
    public static IReadOnlyList<(string Name, string Type)> Stored { get; } = [.. Written, ParentIds];
}
