using Recon.Postgres.Queries;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Review.Model;

/// <summary>What whoever reads of a run should know first.</summary>
internal static class RunNotes
{
    /// <summary>Why a run tells nothing of what would change; <see langword="null"/> for one that is a result.</summary>
    public static string? WithoutResult(ReportedPipeline reported) => reported switch
    {
        { RowsLeft: { } rows, Run: { } run } => $"the staging table holds {Show(rows, "row")}, and the run left {Show(run.Counts.Staged)}",
        { Run: { Outcome: "completed" } } => null,
        { Run: { Outcome: "running" } } => "in progress",
        { Run: { Gates: { Count: > 0 } gates } } => $"refused by {string.Join(", ", gates)}",
        { Run: { } run } => run.Outcome,
        _ => null,
    };

    public static IEnumerable<string> Of(PipelineEvidence evidence)
    {
        ReportedPipeline reported = evidence.Reported;
        LoggedRun run = reported.Run!;
        if (run.Outcome == "running")
        {
            yield return "This run is still in progress. Nothing of it is published yet, and the numbers below will grow.";
        }
        else if (run.Outcome != "completed")
        {
            yield return $"This run was not published ({Ended(run)}): the numbers below say how far it came, not what would change.";
        }
        else if (reported.RowsLeft is { } rows)
        {
            yield return $"The staging table holds {Show(rows, "row")}, and this run left {Show(run.Counts.Staged)}: it was cleared or changed since, so what the run found is no result any more. "
                + $"Below is told what the log says of the run. 'recon run {run.Pipeline}' makes the result again.";
        }
        else if (run.Partial)
        {
            yield return "This run read a part of the input only, and its rows were merged into the result of an earlier one.";
        }
        else if (!reported.IsPublished)
        {
            yield return "A later run has replaced the rows of this one: how values change, and which parents are missing, is known of published rows only.";
        }

        if (reported is { IsPublished: true, MergedSince: > 0 and var merged })
        {
            yield return $"{Show(merged, "partial run")} changed rows since: there are {Show(reported.Statuses.Sum(row => row.Rows))} now, and the run left {Show(run.Counts.Staged)}. Statuses, changes of properties and missing parents are those of now. "
                + "The account is that of the run, and so are the numbers of values that are equal by meaning, withheld or not readable.";
        }

        if (reported is { IsPublished: true, Later: { Outcome: not "completed" } later })
        {
            yield return later.Outcome == "running" ? $"A run that began on {Day(later.Started)} is in progress. Until it is published, this is the result."
                : $"The run of {Day(later.Started)} was not published ({Ended(later)}). This is the result before it.";
        }

        if (!IsSame(evidence))
        {
            yield return "The definition has changed since this run: the next run may tell something else.";
        }

        if (!evidence.IsCompiled && evidence.Counts.RejectedValues.Count > 0)
        {
            yield return "Remedies for rejected values are not told: a file that the definition names, or a conversion of a program, is not here.";
        }
    }

    /// <summary>Whether the definition still is what the run was made by.</summary>
    public static bool IsSame(PipelineEvidence evidence)
        => evidence.Reported.Run!.Fingerprints.Definition.StartsWith(evidence.Fingerprint, StringComparison.Ordinal);

    private static string Ended(LoggedRun run) => run.Gates.Count == 0 ? run.Outcome : $"{run.Outcome}: {string.Join(", ", run.Gates)}";

    private static string Day(string started) => started.Replace('T', ' ').TrimEnd('Z') + " UTC";
}
