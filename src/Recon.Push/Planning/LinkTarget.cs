using Recon.Dataflow.Definition;

namespace Recon.Push.Planning;

/// <summary>The object type of the records that a parent lookup finds.</summary>
internal static class LinkTarget
{
    /// <exception cref="PushRefusedException">Nothing tells it.</exception>
    public static string TypeOf(ValidDefinition definition, ValidPipeline pipeline, string lookup)
    {
        string table = pipeline.Lookups.Single(each => each.Label == lookup).Table;
        return definition.Pipelines.FirstOrDefault(other => other.Match.Table == table && other.ObjectType is not null)?.ObjectType
            ?? HubspotObjects.OfTable(table)
            ?? throw new PushRefusedException(
                $"{pipeline.Name}: \"associate\" names '{lookup}', but nothing tells which HubSpot object the records of {table} are. "
                + "Name it by \"object\" in the pipeline that matches that table, or leave the lookup out of \"associate\".");
    }
}
