using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>When legacy records were last updated, as the result says that a plan was made from.</summary>
internal sealed class LegacyTimes(StagingTables tables, StageBlockDefinition stage, string column)
{
    /// <summary>Reads the column as the file has it.</summary>
    /// <param name="runs">The runs of the plan: of what another run has written since, nothing is known.</param>
    /// <returns>By legacy id; ids that are not in the result any more, or have no value, are left out.</returns>
    public async Task<IReadOnlyDictionary<string, string>> FindAsync(
        NpgsqlConnection connection, IReadOnlyList<Guid> runs, IReadOnlyCollection<string> legacyIds, CancellationToken cancellationToken)
        => (await SqlText.Of($"""
            select {new SqlName(stage.LegacyId)}, legacy_properties ->> $3 from {tables.Published(stage)}
            where {new SqlName(stage.LegacyId)} = any($1) and run_id = any($2) and legacy_properties ->> $3 is not null
            """).ListAsync(
                connection,
                row => KeyValuePair.Create(row.GetString(0), row.GetString(1)),
                cancellationToken,
                SqlValue.Of([.. legacyIds]),
                SqlValue.Ids([.. runs]),
                SqlValue.Of(column))).ToDictionary();
}
