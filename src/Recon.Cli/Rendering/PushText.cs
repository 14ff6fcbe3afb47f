using System.Globalization;
using Recon.Cli.Rendering.Live;
using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Verifying;

namespace Recon.Cli.Rendering;

/// <summary>What a push or an undo did, for people.</summary>
internal static class PushText
{
    private const int MostValues = 10;
    private const int MostLength = 40;

    public static string OfPush(PushReport report)
    {
        List<string> lines =
        [
            $"plan {report.Plan.Id}: {Show.Count(report.Planned, "record")} = {string.Join(" + ", Terms(report))}",
        ];
        long left = report.Of(PushState.Planned);
        long rejected = report.Of(PushState.Rejected);
        if (left + rejected > 0)
        {
            lines.Add($"beside them {Show.Count(left)} not approved, {Show.Count(rejected)} rejected");
        }

        AddLinks(lines, report);
        lines.Add(Effort(report));
        if (report.Verification is { } verification)
        {
            AddVerification(lines, verification);
        }

        if (report.Of(PushState.Refused) + report.Of(PushState.Uncertain) + report.Of(PushState.Stale) + report.Of(PushState.Owned) + report.Of(PushState.Merged)
            + report.Of(PushState.Missing) > 0)
        {
            lines.Add($"why: recon stats --push --plan {Short(report)}");
        }

        return End(lines, report, $"recon push --resume {Short(report)}");
    }

    public static string OfUndo(PushReport report)
    {
        long restored = report.Of(PushState.Restored);
        long kept = report.Of(PushState.Kept);
        long uncertain = report.Of(PushState.Uncertain);
        long left = report.Of(PushState.Written) + report.Of(PushState.Sending);
        List<string> lines =
        [
            string.Create(CultureInfo.InvariantCulture, $"plan {report.Plan.Id}: {Show.Count(restored + kept + uncertain + left, "written record")} = {Show.Count(restored)} restored + {Show.Count(kept)} kept")
                + (uncertain > 0 ? $" + {Show.Count(uncertain)} uncertain" : "") + (left > 0 ? $" + {Show.Count(left)} waiting" : ""),
            Effort(report),
        ];
        if (report.Links.GetValueOrDefault(PushState.Written) is > 0 and long linked)
        {
            lines.Add($"{Show.Count(linked, "association")} that the plan has made {(linked == 1 ? "stays" : "stay")}: an undo puts back values only");
        }

        if (kept > 0)
        {
            lines.Add($"who changed what was kept: recon stats --push --plan {Short(report)}");
        }

        return End(lines, report, $"recon push --undo {Short(report)}");
    }

    private static IEnumerable<string> Terms(PushReport report)
        => PushReport.Ends.Append(PushState.Restored).Append(PushState.Kept)
            .Select(state => (Name: PushStates.TextOf(state), Items: report.Of(state)))
            .Append((Name: "waiting", Items: report.Waiting))
            .Where(term => term.Items > 0 || term.Name == PushStates.TextOf(PushState.Written))
            .Select(term => $"{Show.Count(term.Items)} {term.Name}");

    private static void AddLinks(List<string> lines, PushReport report)
    {
        if (report.Links.Count > 0)
        {
            lines.Add($"associations: {string.Join(", ", report.Links.OrderBy(state => state.Key).Select(state => $"{Show.Count(state.Value)} {PushStates.TextOf(state.Key)}"))}");
        }
    }

    private static string Effort(PushReport report)
        => $"{Show.Count(report.Calls, "call")}{(report.FailedCalls > 0 ? $" ({Show.Count(report.FailedCalls)} failed)" : "")} in {LiveView.Time(report.Time.TotalSeconds)}";

    private static void AddVerification(List<string> lines, VerificationResult verification)
    {
        lines.Add($"read back: {Show.Count(verification.Read, "record")}, {Show.Count(verification.Changed)} changed since they were written, {Show.Count(verification.Gone)} gone"
            + (verification.Unread > 0 ? $", {Show.Count(verification.Unread)} of which HubSpot does not tell" : ""));
        foreach (ChangedValue value in verification.Samples.Take(MostValues))
        {
            lines.Add($"  {value.Pipeline} {value.LegacyId} (HubSpot {value.HubspotId.ToString(CultureInfo.InvariantCulture)}) {value.Property}: {Cut(value.Written)} -> {Cut(value.Holds)}"
                + (value.ChangedBy is { } by ? $", {by}" : ""));
        }
    }

    private static string End(List<string> lines, PushReport report, string next)
    {
        if (report.Stop is { } stop)
        {
            lines.Add($"{stop.Message}.");
            lines.Add($"go on: {next}");
        }

        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string Short(PushReport report) => report.Plan.Id.ToString();

    private static string Cut(string? value)
        => value is null or "" ? "empty" : $"\"{(value.Length > MostLength ? value[..MostLength] + "…" : value)}\"";
}
