using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Plan;
using Recon.Postgres.Queries;

namespace Recon.Review.Model;

/// <summary>What happens to a property.</summary>
internal static class PropertyPart
{
    // Of changes that occur once, so many are told as examples.
    private const int Single = 2;

    public static PropertyFacts Of(PipelineEvidence evidence, PropertyDefinition property, ReportDetail detail, ValueShow show)
    {
        BatchCounts counts = evidence.Counts;
        string name = property.Property;
        PropertyChanges? staged = evidence.Reported.Changes?.Properties.FirstOrDefault(each => each.Property == name);
        long changes = evidence.Reported.Changes is null ? counts.PropertyChanges.GetValueOrDefault(name) : staged?.Changes ?? 0;
        TransitionFacts[] transitions = [.. Transitions(evidence, property, staged, show).Take(detail.Transitions).Where((pair, index) => pair.Records > 1 || index < Single)];
        return new PropertyFacts(
            name,
            PropertyMapping.Of(evidence.Pipeline).First(mapping => mapping.Property == name).Legacy,
            property.Comparison.Kind,
            changes,
            evidence.Reported.Changes is null ? null : staged?.Fills ?? 0,
            evidence.Reported.Changes is null ? null : staged?.Overwrites ?? 0,
            evidence.Reported.Changes is null ? null : staged?.Clears ?? 0,
            counts.SameByMeaning.Count == 0 && counts.Suppressed.Count > 0 ? null : counts.SameByMeaning.GetValueOrDefault(name),
            counts.KeptBack.Where(entry => WithheldPart.Split(entry.Key).Property == name).Sum(entry => entry.Value),
            counts.RejectedValues.Where(entry => entry.Key.Property == name).Sum(entry => entry.Value),
            transitions,
            changes - transitions.Sum(transition => transition.Records));
    }

    // Of hidden values only those are told that the definition names; the others are counted.
    private static IEnumerable<TransitionFacts> Transitions(PipelineEvidence evidence, PropertyDefinition property, PropertyChanges? staged, ValueShow show)
    {
        if (!show.Masked)
        {
            return (staged?.Transitions ?? []).Select(pair => new TransitionFacts(
                show.Of(pair.From), show.Of(pair.To), pair.Count, [.. pair.LegacyIds.Select(id => show.Of(id, id.Length).Text)]));
        }

        IReadOnlySet<string> known = evidence.KnownValues(property);
        bool IsKnown(string? value) => value is null || value.Split(';').All(known.Contains);
        return (staged?.Transitions ?? []).Where(pair => IsKnown(pair.From) && IsKnown(pair.To))
            .Select(pair => new TransitionFacts(show.Known(pair.From), show.Known(pair.To), pair.Count, []));
    }
}
