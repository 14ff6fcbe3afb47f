using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Cluster;

namespace Recon.Postgres.Checks;

/// <summary>Whether the workers of a run could find each other.</summary>
internal static class ClusterChecks
{
    public static async Task<Finding> FindAsync(DefinitionReading reading, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        ClusterSchemaState state = await ClusterSchema.LookAsync(connection, cancellationToken);
        FindingSeverity severity = state switch
        {
            ClusterSchemaState.Ready => FindingSeverity.Ok,
            ClusterSchemaState.Missing or ClusterSchemaState.Outdated => FindingSeverity.Warning,
            _ => FindingSeverity.Error,
        };
        ValidDefinition definition = reading.Definition!;
        return new Finding(
            severity,
            "",
            "cluster",
            ClusterSchema.Tell(state),
            null,
            reading.Locations.File,
            reading.Locations.Find(definition.Source, nameof(definition.Postgres)));
    }
}
