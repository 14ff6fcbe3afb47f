using Recon.Dataflow.Definition;

namespace Recon.Postgres.Wire;

/// <summary>The columns that a batch writes, in the order of its tuples, with their types.</summary>
internal static class TupleColumns
{
    public static IReadOnlyList<(string Name, string Type)> Of(StageBlockDefinition stage) =>
    [
        (stage.LegacyId, "text not null"),
        (stage.HubspotId, "bigint"),
        .. stage.Columns.Select(column => (column.Name, TypeName(column.Type))),
        .. CommonColumns.Written,
    ];

    private static string TypeName(StagedType type) => type switch
    {
        StagedType.Numeric => "numeric",
        StagedType.Bigint => "bigint",
        StagedType.Timestamptz => "timestamptz",
        _ => "text",
    };
}
