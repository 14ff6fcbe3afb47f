using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;

namespace Recon.Review.Model;

/// <summary>Parents that led to no single HubSpot record, by how many records each blocks.</summary>
internal static class ParentsPart
{
    public static IEnumerable<ParentFacts> Of(PipelineEvidence evidence, ReportDetail detail, ValueShow show)
    {
        BatchCounts counts = evidence.Counts;
        foreach (ValidLookup lookup in evidence.Pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Parent))
        {
            KeyValuePair<RejectedValue, long>[] entries = [.. counts.UnresolvedParents.Where(entry => entry.Key.Property == lookup.Label)];
            MissingParents? rows = evidence.Reported.Parents.FirstOrDefault(parents => parents.Lookup == lookup.Label);
            if (entries.Length == 0 && rows is null)
            {
                continue;
            }

            MissingParent[] missing =
            [
                .. (rows?.Ids ?? [.. entries.Where(entry => entry.Key.Sample is not null).OrderByDescending(entry => entry.Value)
                        .ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key.Sample!, entry.Value))])
                    .Take(detail.Parents).Select(id => new MissingParent(show.Of(id.Key, id.Key.Length), id.Value)),
            ];
            long unresolved = entries.Sum(entry => entry.Value);
            yield return new ParentFacts(
                lookup.Label,
                lookup.Table,
                lookup.From,
                counts.ParentIds.GetValueOrDefault(lookup.Label),
                unresolved,
                rows?.AllIds,
                entries.GroupBy(entry => entry.Key.Reason, (reason, of) => KeyValuePair.Create(reason, of.Sum(entry => entry.Value)))
                    .OrderByDescending(reason => reason.Value).ToDictionary(),
                missing,
                (rows?.AllIds ?? missing.Length) - missing.Length,
                (rows?.AllRecords ?? unresolved) - missing.Sum(id => id.Records));
        }
    }
}
