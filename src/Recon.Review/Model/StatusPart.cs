using Recon.Dataflow.Batches;
using Recon.Postgres.Queries;

namespace Recon.Review.Model;

/// <summary>How many records have which status, and by which rule.</summary>
internal static class StatusPart
{
    public static IReadOnlyList<StatusFacts> Of(ReportedPipeline reported, BatchCounts counts)
    {
        // Rules and confidence are of matches: of others they say only how they were found.
        StatusRows[] rows = reported.IsPublished
            ? [
                .. reported.Statuses.Where(row => row.Status == "matched"),
                .. reported.Statuses.Where(row => row.Status != "matched").GroupBy(row => row.Status)
                    .Select(alike => new StatusRows(alike.Key, null, null, alike.Sum(row => row.Rows), alike.Sum(row => row.WithChanges))),
            ]
            : [
                new StatusRows("matched", null, null, counts.Matched, counts.WithChanges),
                new StatusRows("unmatched", null, null, counts.Unmatched, 0),
                new StatusRows("ambiguous", null, null, counts.Ambiguous, 0),
                new StatusRows("conflict", null, null, counts.Conflict, 0),
            ];
        string[] order = ["matched", "unmatched", "ambiguous", "conflict"];
        return
        [
            .. rows.Where(row => row.Rows > 0).OrderBy(row => Array.IndexOf(order, row.Status)).ThenByDescending(row => row.Rows)
                .Select(row => new StatusFacts(row.Status, Sentences.Meaning(row.Status), row.Rule, row.Confidence, row.Rows, row.WithChanges)),
        ];
    }
}
