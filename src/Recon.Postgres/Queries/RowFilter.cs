using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries;

/// <summary>Which staged rows are wanted; all unless something is given.</summary>
/// <param name="Changed">Only rows with something to update.</param>
/// <param name="Property">Only rows with an update of this property.</param>
/// <param name="LegacyId">Only the row of this canonical legacy id.</param>
internal sealed record RowFilter(string? Status = null, bool Changed = false, string? Property = null, string? LegacyId = null)
{
    /// <summary>The values of the parameters of <see cref="Condition"/>.</summary>
    public NpgsqlParameter[] Values => [SqlValue.Of(Status), SqlValue.Of(Changed), SqlValue.Of(Property), SqlValue.Of(LegacyId)];

    /// <summary>The condition on a row <c>t</c>, with the parameters 1 to 4.</summary>
    public static SqlText Condition(StageBlockDefinition stage) => SqlText.Of($"""
        ($1::text is null or t.reconciliation_status = $1) and (not $2::boolean or t.properties_to_update <> jsonb_build_object())
            and ($3::text is null or t.properties_to_update -> $3 is not null) and ($4::text is null or t.{new SqlName(stage.LegacyId)} = $4)
        """);
}
