using Recon.Dataflow.Values;

namespace Recon.Postgres.Catalog;

/// <summary>A column of a table, as the catalog describes it.</summary>
/// <param name="SqlType">Its type as SQL writes it, such as <c>character varying(40)</c>.</param>
/// <param name="Type">Its type as far as values are read; <see langword="null"/> when recon cannot read it.</param>
internal sealed record TableColumn(string Name, string SqlType, MirrorType? Type)
{
    /// <summary>Its type without length or precision, such as <c>character varying</c>.</summary>
    /// <value>To cast values that are compared with the column: a cast to the full type would cut them silently.</value>
    public required SqlText CastType { get; init; }
}

/// <summary>A table, as the catalog describes it.</summary>
/// <param name="EstimatedRows">Rows by the planner's statistics; -1 when the table was never analysed.</param>
/// <param name="CanSelect">Whether this role may select from it.</param>
/// <param name="IndexedColumns">Columns that are the first of a usable (valid, complete) index.</param>
/// <param name="IndexedExpressions">First expressions of usable expression indexes, as the catalog prints them.</param>
internal sealed record MirrorTable(
    SqlTable Table,
    IReadOnlyList<TableColumn> Columns,
    double EstimatedRows,
    long Bytes,
    bool CanSelect,
    IReadOnlySet<string> IndexedColumns,
    IReadOnlyList<string> IndexedExpressions)
{
    private const int BytesPerRow = 100;

    /// <summary>The catalog's <c>relkind</c>: <c>r</c>, <c>p</c>, <c>v</c>, <c>m</c> or <c>f</c>.</summary>
    public char Kind { get; init; } = 'r';

    /// <summary>Whether it has rows and indexes of its own, unlike views and foreign tables.</summary>
    public bool IsStored => Kind is 'r' or 'p' or 'm';

    /// <summary>Rows, by its size where it was never analysed.</summary>
    public double ProbableRows => EstimatedRows > 0 ? EstimatedRows : Bytes / (double)BytesPerRow;

    /// <summary>The column that is its primary key; <see langword="null"/> without one, and when it has several columns.</summary>
    public string? PrimaryKey { get; init; }

    /// <summary>Columns that hold no value twice, by an index of their own.</summary>
    public IReadOnlySet<string> UniqueColumns { get; init; } = new HashSet<string>();

    public TableColumn? Find(string name)
        => Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.Ordinal));
}
