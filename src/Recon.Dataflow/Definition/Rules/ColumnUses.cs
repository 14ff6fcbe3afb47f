using Recon.Dataflow.Values.Phone;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Finds where a pipeline names columns of the file.</summary>
internal static class ColumnUses
{
    /// <summary>The columns that must be in the file: those of optional parts are left out.</summary>
    /// <returns>The record and member that name the column, and the column.</returns>
    public static IEnumerable<(object Node, string Member, string Column)> Of(PipelineDefinition pipeline) =>
        pipeline.Blocks.SelectMany(OfBlock).Concat(OfObject(pipeline.Object)).Where(use => use.Column.Length > 0);

    private static IEnumerable<(object Node, string Member, string Column)> OfBlock(BlockDefinition block) => block switch
    {
        CsvBlockDefinition csv => OfCsv(csv),
        LookupBlockDefinition lookup => OfLookup(lookup),
        DiffBlockDefinition diff => OfDiff(diff),
        StageBlockDefinition stage => stage.Columns
            .Where(column => column.Legacy is not null)
            .Select(column => ((object)column, nameof(column.Legacy), column.Legacy!)),
        _ => [],
    };

    private static IEnumerable<(object Node, string Member, string Column)> OfObject(ObjectDefinition? told)
        => told is { From: { } from } ? [(told, nameof(told.From), from)] : [];

    private static IEnumerable<(object Node, string Member, string Column)> OfCsv(CsvBlockDefinition csv)
    {
        yield return (csv, nameof(csv.Id), csv.Id);
        foreach (ConditionDefinition condition in csv.Exclude.Where(condition => !condition.Optional))
        {
            yield return (condition, nameof(condition.Column), condition.Column);
        }
    }

    private static IEnumerable<(object Node, string Member, string Column)> OfLookup(LookupBlockDefinition lookup)
    {
        if (lookup.From is { } from)
        {
            yield return (lookup, nameof(lookup.From), from);
        }

        foreach (MatchKeyDefinition key in lookup.On)
        {
            yield return (key, nameof(key.Column), key.Column);
        }
    }

    private static IEnumerable<(object Node, string Member, string Column)> OfDiff(DiffBlockDefinition diff)
    {
        if (diff.LegacyUpdated is { } updated)
        {
            yield return (diff, nameof(diff.LegacyUpdated), updated);
        }

        if (diff.LatestBy is { } latest)
        {
            yield return (diff, nameof(diff.LatestBy), latest);
        }

        foreach (PropertyDefinition property in diff.Properties.Where(property => !property.Optional))
        {
            if (property.Column is { } column)
            {
                yield return (property, nameof(property.Column), column);
            }

            foreach (string part in property.Columns ?? [])
            {
                yield return (property, nameof(property.Columns), part);
            }

            foreach (PhoneDefinition phone in property.Convert.OfType<PhoneDefinition>().Where(phone => phone.RegionFrom is not null))
            {
                yield return (phone, nameof(phone.RegionFrom), phone.RegionFrom!);
            }

            if (property.When is { Optional: false } when)
            {
                yield return (when, nameof(when.Column), when.Column);
            }
        }
    }
}
