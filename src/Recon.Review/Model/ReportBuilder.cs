using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;

namespace Recon.Review.Model;

/// <summary>Makes a report of what pipelines' runs left. What is to be hidden is hidden here, so that nothing behind it can show it.</summary>
internal sealed class ReportBuilder(string toolVersion, DateTimeOffset now, bool masked)
{
    // Of a property whose values are hidden, transitions between options are looked for among these.
    public const int MostTransitions = 50;

    public ReportDocument Build(IReadOnlyList<PipelineEvidence> pipelines, ReportDetail detail)
    {
        PipelineReport[] reports = [.. pipelines.Where(each => each.Reported.Run is not null).Select(each => Pipeline(each, detail))];
        PipelineReport[] results = [.. reports.Where(each => each.WithoutResult is null)];
        Account all = Sum(results.Select(each => each.Account));
        return new ReportDocument(
            now, toolVersion, masked, results.Length == 0 ? Sentences.NoResult : Sentences.Of(all, results.Sum(Unread), results.Sum(Withheld)), all, reports,
            [.. pipelines.Where(each => each.Reported.Run is null).Select(each => each.Pipeline.Name)]);
    }

    private static long Unread(PipelineReport report) => report.RejectedValues.Sum(values => values.Values);

    private static long Withheld(PipelineReport report) => report.Withheld.Sum(withheld => withheld.Values);

    private PipelineReport Pipeline(PipelineEvidence evidence, ReportDetail detail)
    {
        ValidPipeline pipeline = evidence.Pipeline;
        ReportedPipeline reported = evidence.Reported;
        LoggedRun run = reported.Run!;
        BatchCounts counts = evidence.Counts;
        Account account = AccountOf(counts);
        var show = new ValueShow(masked, detail.Characters);
        return new PipelineReport(
            pipeline.Name,
            pipeline.ObjectTypes.Count == 0 ? null : string.Join(", ", pipeline.ObjectTypes),
            pipeline.Csv.ShownPath,
            pipeline.Match.Table,
            reported.IsPublished,
            RunNotes.WithoutResult(reported) is { } why ? $"No result: {why}." : Sentences.Of(account, counts.RejectedValues.Values.Sum(), counts.KeptBack.Values.Sum()),
            [.. RunNotes.Of(evidence)],
            new RunFacts(
                run.RunId, run.Started, run.Finished, run.Outcome, run.Partial, run.Seconds is { } seconds ? Math.Round(seconds, 3) : null,
                run.Seconds > 0 ? (long)Math.Round(counts.Read / run.Seconds.Value) : null, run.ToolVersion, run.Way, run.WayReason, run.Written, run.Gates,
                masked && run.Message is not null ? "(hidden)" : run.Message),
            account,
            StatusPart.Of(reported, counts),
            [.. pipeline.Diff.Properties.Select(property => PropertyPart.Of(evidence, property, detail, show)).OrderByDescending(property => property.Changes)],
            [
                .. reported.Rejects.Select(like => new RejectFacts(
                    like.Reason, like.Column, like.Records, like.Samples[0].Message,
                    [.. like.Samples.Take(detail.Samples).Select(sample => new RejectSampleFacts(sample.File, sample.Line, show.Of(sample.Raw, sample.Length)))])),
            ],
            [.. RejectedValuesPart.Of(evidence, detail, show)],
            [.. WithheldPart.Of(counts, detail, show)],
            [.. counts.ByFilter.OrderByDescending(filter => filter.Value).ThenBy(filter => filter.Key, StringComparer.Ordinal).Select(filter => new FilterFacts(filter.Key, filter.Value))],
            [.. ParentsPart.Of(evidence, detail, show)],
            SpeedPart.Of(run, detail),
            ComparisonPart.Of(reported, detail, show),
            SettingsPart.Of(evidence),
            run.Warnings,
            RunNotes.WithoutResult(reported));
    }

    private static Account AccountOf(BatchCounts counts) => new(
        counts.Read, counts.WithChanges, counts.Matched - counts.WithChanges, counts.Unmatched, counts.Ambiguous, counts.Conflict, counts.Folded,
        counts.Filtered, counts.Rejected);

    private static Account Sum(IEnumerable<Account> accounts) => accounts.Aggregate(AccountOf(new BatchCounts()), (sum, each) => new Account(
        sum.Read + each.Read, sum.Changed + each.Changed, sum.Unchanged + each.Unchanged, sum.Unmatched + each.Unmatched, sum.Ambiguous + each.Ambiguous,
        sum.Conflict + each.Conflict, sum.Folded + each.Folded, sum.Filtered + each.Filtered, sum.Rejected + each.Rejected));
}
