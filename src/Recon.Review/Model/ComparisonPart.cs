using Recon.Dataflow.Batches;
using Recon.Postgres.Queries;

namespace Recon.Review.Model;

/// <summary>What differs from the run before.</summary>
internal static class ComparisonPart
{
    public static ComparisonFacts? Of(ReportedPipeline reported, ReportDetail detail, ValueShow show)
    {
        if (reported.Former is not { } former)
        {
            return null;
        }

        (BatchCounts before, BatchCounts now) = (former.Counts, reported.Run!.Counts);
        DifferenceFacts[] numbers =
        [
            new("read", before.Read, now.Read),
            new("matched", before.Matched, now.Matched),
            new("of them with changes", before.WithChanges, now.WithChanges),
            new("unmatched", before.Unmatched, now.Unmatched),
            new("ambiguous", before.Ambiguous, now.Ambiguous),
            new("conflict", before.Conflict, now.Conflict),
            new("folded", before.Folded, now.Folded),
            new("filtered", before.Filtered, now.Filtered),
            new("rejected", before.Rejected, now.Rejected),
        ];
        IEnumerable<DifferenceFacts> properties =
            from property in before.PropertyChanges.Keys.Union(now.PropertyChanges.Keys, StringComparer.Ordinal)
            let difference = new DifferenceFacts(property, before.PropertyChanges.GetValueOrDefault(property), now.PropertyChanges.GetValueOrDefault(property))
            where difference.Before != difference.Now
            orderby Math.Abs(difference.Now - difference.Before) descending, property
            select difference;
        return new ComparisonFacts(
            former.RunId,
            former.Started,
            numbers,
            [.. properties.Take(ReportDetail.Most.Parents)],
            reported.Difference is not { } records ? null : new RecordDifferenceFacts(
                records.Differing,
                [.. records.Statuses.Select(change => new StatusChangeFacts(change.From, change.To, change.Count, Ids(change.LegacyIds), Causes(change.Causes)))],
                Causes(records.Causes)),
            reported.NotCompared);

        IReadOnlyList<CauseFacts> Causes(IEnumerable<CauseOfDifference> causes)
            => [.. causes.Select(cause => new CauseFacts(cause.Cause, Sentences.Cause(cause.Cause), cause.Count, Ids(cause.LegacyIds)))];

        IReadOnlyList<string> Ids(IReadOnlyList<string> ids) => show.Masked ? [] : [.. ids.Take(detail.Samples).Select(id => show.Of(id, id.Length).Text)];
    }
}
