using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>What decisions about the records of one pipeline work with.</summary>
internal sealed record DecidingContext(
    ReconDataSources Sources, ValidDefinition Definition, string BaseDirectory, ValidPipeline Pipeline, TimeProvider Clock)
{
    public StagingTables Tables => new(Definition.Staging.Schema);
}
