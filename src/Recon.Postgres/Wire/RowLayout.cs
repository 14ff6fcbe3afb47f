using Recon.Dataflow.Definition;

namespace Recon.Postgres.Wire;

/// <summary>The columns of staged rows, with their types.</summary>
/// <param name="IsPacked">
/// Whether the raw values of a record are one text (<see cref="CommonColumns.Packed"/>), of which a view makes <c>legacy_properties</c>;
/// tables of the former layout hold that themselves.
/// </param>
internal sealed record RowLayout(StageBlockDefinition Stage, bool IsPacked)
{
    /// <summary>The columns that a batch writes, in the order of its tuples.</summary>
    public IReadOnlyList<(string Name, string Type)> Written { get; } =
    [
        (Stage.LegacyId, "text not null"),
        (Stage.HubspotId, "bigint"),
        .. Stage.Columns.Select(column => (column.Name, TypeName(column.Type))),
        .. CommonColumns.Written.SelectMany(column => IsPacked && column == CommonColumns.LegacyProperties ? CommonColumns.Packed : [column]),
    ];

    /// <summary>All columns: those that a batch writes, and what folding fills in.</summary>
    public IReadOnlyList<(string Name, string Type)> Stored => [.. Written, CommonColumns.ParentIds];

    /// <summary>The columns that readers see, in their order.</summary>
    public IEnumerable<string> Read => IsPacked ? new RowLayout(Stage, IsPacked: false).Names : Names;

    /// <summary>The names of <see cref="Stored"/>.</summary>
    public IEnumerable<string> Names => Stored.Select(column => column.Name);

    private static string TypeName(StagedType type) => type switch
    {
        StagedType.Numeric => "numeric",
        StagedType.Bigint => "bigint",
        StagedType.Timestamptz => "timestamptz",
        _ => "text",
    };
}
