using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Staging;

/// <summary>A parent that a matched record names.</summary>
/// <param name="ObjectType">As <see cref="Recon.Dataflow.ReconciledRecord.ObjectType"/>.</param>
/// <param name="Lookup">The lookup that resolves it.</param>
/// <param name="ParentId">Its HubSpot record; <see langword="null"/> where the run found none, or several.</param>
internal sealed record StagedParent(string LegacyId, long HubspotId, string? ObjectType, decimal? Confidence, string Lookup, long? ParentId)
{
    /// <summary>Whether the mirror says that the HubSpot record is of another object type (<see cref="Recon.Dataflow.Definition.ValidPipeline.TypeProperties"/>).</summary>
    public bool IsOtherType { get; init; }
}

/// <summary>Where a staging table holds the parents that one lookup found.</summary>
/// <param name="Legacy">The column of their legacy ids, if it has one.</param>
internal sealed record ParentColumns(string Lookup, string? Legacy, string Hubspot)
{
    /// <returns>The columns; <see langword="null"/> where the HubSpot ids are not staged.</returns>
    public static ParentColumns? Of(ValidPipeline pipeline, string lookup)
        => pipeline.Stage.Columns.FirstOrDefault(column => column.ParentHubspotId == lookup) is { } hubspot
            ? new ParentColumns(lookup, pipeline.Stage.Columns.FirstOrDefault(column => column.ParentLegacyId == lookup)?.Name, hubspot.Name)
            : null;

    /// <summary>The parents of a row <c>t</c>: lookup and HubSpot id; of repeated rows that were folded, those of all of them.</summary>
    public SqlText Rows()
    {
        var hubspot = SqlText.Of($"t.{new SqlName(Hubspot)}");
        SqlText isNamed = Legacy is null ? SqlText.Of($"{hubspot} is not null") : SqlText.Of($"({hubspot} is not null or t.{new SqlName(Legacy)} is not null)");
        return SqlText.Of($"""
            select {new SqlLiteral(Lookup)}, {hubspot}::text where (t.parent_ids -> {new SqlLiteral(Lookup)}) is null and {isNamed}
            union all
            select {new SqlLiteral(Lookup)}, value from jsonb_each_text(coalesce(t.parent_ids -> {new SqlLiteral(Lookup)}, jsonb_build_object()))
            """);
    }
}
