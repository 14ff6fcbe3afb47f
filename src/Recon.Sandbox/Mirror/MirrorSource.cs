using Recon.Dataflow.Definition;

namespace Recon.Sandbox.Mirror;

/// <summary>A table of the mirror, and which objects its rows are.</summary>
/// <param name="Id">The column of the HubSpot ids.</param>
/// <param name="Pipelines">Those whose records are matched with it; none for a table of parents only.</param>
/// <param name="Type">The object type of all rows; <see langword="null"/> where each row tells its own.</param>
internal sealed record MirrorSource(string Table, string Id, IReadOnlyList<ValidPipeline> Pipelines, string? Type)
{
    /// <summary>The column that tells which engagement a row is, as CALL or MEETING.</summary>
    public const string TypeColumn = "hs_engagement_type";

    /// <summary>The tables that a definition speaks of and whose object type can be told.</summary>
    /// <param name="schema">The schema to take instead of that of the definition.</param>
    public static IReadOnlyList<MirrorSource> Of(ValidDefinition definition, string? schema)
        => [.. from lookup in definition.Pipelines.SelectMany(pipeline => pipeline.Lookups.Select(lookup => (Pipeline: pipeline, Lookup: lookup)))
               group lookup by lookup.Lookup.Table into table
               let matching = table.Where(each => each.Lookup.Role == LookupRole.Match).Select(each => each.Pipeline).ToArray()
               let byRow = matching.Any(pipeline => pipeline.ObjectByColumn is not null)
               let type = byRow ? null : matching.Select(pipeline => pipeline.ObjectType).FirstOrDefault(named => named is not null) ?? HubspotObjects.OfTable(table.Key)
               where byRow || type is not null
               select new MirrorSource(Moved(table.Key, schema), table.First().Lookup.Id, matching, type)];

    /// <summary>The object type of a row that tells it: CALL is one of the calls.</summary>
    public static string? TypeOf(string? told) => told?.ToUpperInvariant() switch
    {
        "CALL" => "calls",
        "EMAIL" or "INCOMING_EMAIL" or "FORWARDED_EMAIL" => "emails",
        "MEETING" => "meetings",
        "NOTE" => "notes",
        "TASK" => "tasks",
        _ => null,
    };

    private static string Moved(string table, string? schema) => schema is null ? table : $"{schema}.{table[(table.IndexOf('.', StringComparison.Ordinal) + 1)..]}";
}
