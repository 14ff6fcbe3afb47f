using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Definition;

/// <summary>The columns that a pipeline reads, on both sides: nothing else is parsed, transferred or held.</summary>
/// <param name="OptionalSource">Columns that the file may lack (compared without regard to case).</param>
/// <param name="Mirror">The columns of the mirror table, beside its key and its id.</param>
/// <param name="OptionalMirror">Those of them that the table may lack.</param>
internal sealed record PipelineColumns(
    SourceColumns Source, IReadOnlySet<string> OptionalSource, IReadOnlyList<string> Mirror, IReadOnlySet<string> OptionalMirror)
{
    public static PipelineColumns Of(ValidPipeline pipeline)
    {
        List<(string Name, bool Optional)> source = [(pipeline.Csv.Id, false)];
        List<(string Name, bool Optional)> mirror = [];
        foreach (PropertyDefinition property in pipeline.Diff.Properties)
        {
            source.AddRange(SourcesOf(property).Select(name => (name, property.Optional)));
            mirror.Add((property.Mirror, property.Optional));
            if (property.RegionColumn is { } region)
            {
                source.Add((region, property.Optional));
            }

            if (property.When is { } when)
            {
                source.Add((when.Column, when.Optional || property.Optional));
            }
        }

        foreach (ConditionDefinition exclude in pipeline.Csv.Exclude)
        {
            source.Add((exclude.Column, exclude.Optional));
        }

        foreach (ValidLookup lookup in pipeline.Lookups)
        {
            if (lookup.Role == LookupRole.Parent)
            {
                source.Add((lookup.From, false));
            }

            source.AddRange(lookup.On.Select(pair => (pair.Column, false)));
            mirror.AddRange(lookup.On.Select(pair => (pair.Property, false)));
        }

        foreach (StagedColumnDefinition staged in pipeline.Stage.Columns)
        {
            if (staged.Legacy is { } legacy)
            {
                source.Add((legacy, pipeline.Diff.Properties.Any(p => p.Optional && SourcesOf(p).Contains(legacy))));
            }

            if (staged.Hubspot is { } hubspot)
            {
                mirror.Add((hubspot, pipeline.Diff.Properties.Any(p => p.Optional && p.Mirror == hubspot)));
            }
        }

        if (pipeline.ObjectByColumn?.From is { } told)
        {
            source.Add((told, false));
        }

        if (pipeline.Diff.Latest is { } latest)
        {
            source.Add((latest.Column, false));
        }

        if (pipeline.Diff is { LegacyUpdated: { } legacyUpdated, HubspotUpdated: { } hubspotUpdated })
        {
            source.Add((legacyUpdated, false));
            mirror.Add((hubspotUpdated, false));
        }

        return new PipelineColumns(
            new SourceColumns(source.Select(column => column.Name)),
            Optional(source, StringComparer.OrdinalIgnoreCase),
            [.. mirror.Select(column => column.Name).Distinct(StringComparer.Ordinal)],
            Optional(mirror, StringComparer.Ordinal));
    }

    /// <summary>The columns of the file that a property is made from.</summary>
    /// <returns>Their names; empty for a constant or a parent's id.</returns>
    public static IReadOnlyList<string> SourcesOf(PropertyDefinition property)
        => property.Column is { } column ? [column] : property.Columns ?? [];

    // A column is optional only when everything that uses it says so.
    private static HashSet<string> Optional(List<(string Name, bool Optional)> columns, StringComparer comparer)
    {
        var optional = columns.Where(column => column.Optional).Select(column => column.Name).ToHashSet(comparer);
        optional.ExceptWith(columns.Where(column => !column.Optional).Select(column => column.Name));
        return optional;
    }
}
