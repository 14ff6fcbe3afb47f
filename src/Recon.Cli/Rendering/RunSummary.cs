using System.Globalization;
using System.Text;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Text;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Staging;

namespace Recon.Cli.Rendering;

/// <summary>The summary of a run for people.</summary>
internal static class RunSummary
{
    private const int Width = 80;

    private const int MostOfValue = 60;

    private static readonly TimeSpan s_notable = TimeSpan.FromSeconds(2);

    private static readonly TableColumn[] s_statuses = ["pipeline", "outcome", ">read", ">matched", ">unmatched", "?>ambiguous", "?>conflict"];

    private static readonly TableColumn[] s_others = ["pipeline", "?>folded", "?>filtered", ">rejected", ">with changes", ">seconds", ">rows/s"];

    /// <summary>Draws the tables and, below them, what people ask next: the account, what limited, rejects, what was withheld, what differs from before.</summary>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables and lines.</param>
    /// <returns>The text; each line ends in a line feed.</returns>
    public static string Draw(IReadOnlyList<RunReport> reports, int? width)
    {
        StringBuilder text = new(TextTable.Draw(width, s_statuses, [.. reports.Select(Statuses)]));
        text.Append('\n').Append(TextTable.Draw(width, s_others, [.. reports.Select(Others)])).Append('\n');
        foreach (RunReport report in reports)
        {
            string[] lines = [.. Lines(report)];
            if (width is not { } columns)
            {
                // Somebody who looks for a pipeline in a long log finds all of its lines; on a terminal it is named once.
                text.Append($"{report.Pipeline}: {lines[0]}\n").Append(Limits([report]))
                    .AppendJoin("", lines[1..].Select(line => $"{report.Pipeline}: {line}\n"));
                continue;
            }

            IEnumerable<string> shown = [$"{report.Pipeline}: {lines[0]}", .. Limit(report).Concat(lines[1..]).Select(line => $"  {line}")];
            text.AppendJoin("", shown.Select(line => TextWrap.Wrap(line, columns, indent: 4, breakWords: true) + "\n"));
        }

        return text.ToString();
    }

    /// <summary>Rejected records by reason, most first.</summary>
    public static IEnumerable<KeyValuePair<string, long>> ByReason(BatchCounts counts)
        => counts.ByReason.OrderByDescending(reason => reason.Value).ThenBy(reason => reason.Key, StringComparer.Ordinal);

    private static IEnumerable<string> Lines(RunReport report)
    {
        BatchCounts c = report.Counts;
        string account = $"{Show.Count(c.Read)} read = {Show.Count(c.Staged)} staged + {Show.Count(c.Folded)} folded + "
            + $"{Show.Count(c.Filtered)} filtered + {Show.Count(c.Rejected)} rejected";
        string[] reasons = [.. ByReason(c).Select(reason => $"{Show.Count(reason.Value)} {reason.Key}")];
        string hint = report is { IsDryRun: false, IsPartial: false, Outcome: "completed" } ? $" ('recon stats --withheld {report.Pipeline}' shows them)" : "";
        string?[] lines =
        [
            account,
            report is { IsDryRun: false, Outcome: not "completed" } ? "nothing was published; these are the counts of the attempt" : null,
            reasons.Length == 0 ? null : $"rejected {string.Join(", ", reasons)}",
            c.Latest == 0 ? null : $"{Show.Count(c.Latest)} rows won over repeats of their id that disagree, as the latest",
            Way(report),
            WithheldText.Line(c, hint),
            report.Former is null ? null : Since(report.Former, c),
        ];
        return lines.OfType<string>();
    }

    private static string? Way(RunReport report) => report switch
    {
        { Way: { Name: RunWay.Changes }, Written: { } written }
            => $"wrote {Show.Count(written)} rows that differ from the result before, and left {Show.Count(report.Counts.Staged - written)}",
        { Way: { IsNotable: true, Reason: { } reason }, Written: not null } => $"wrote every row: {reason}",
        _ => null,
    };

    private static string Since(FormerResult former, BatchCounts now)
    {
        BatchCounts then = former.Counts;
        (string Name, long Then, long Now)[] counts =
        [
            ("matched", then.Matched, now.Matched), ("unmatched", then.Unmatched, now.Unmatched), ("ambiguous", then.Ambiguous, now.Ambiguous),
            ("conflict", then.Conflict, now.Conflict), ("with changes", then.WithChanges, now.WithChanges), ("rejected", then.Rejected, now.Rejected),
        ];
        string[] differences =
        [
            .. counts.Where(count => count.Then != count.Now)
                .Select(count => $"{count.Name} {(count.Now > count.Then ? "+" : "−")}{Show.Count(Math.Abs(count.Now - count.Then))} ({Show.Count(count.Now)})"),
        ];
        string run = string.Create(CultureInfo.InvariantCulture, $"the run of {former.StartedAt:yyyy-MM-dd HH:mm:ss} UTC");
        return differences.Length == 0 ? $"the same counts as in {run}" : $"since {run}: {string.Join(", ", differences)}";
    }

    /// <summary>Tells what limited runs that took long enough for somebody to ask.</summary>
    /// <returns>The text, 80 columns wide at most; each line ends in a line feed. Empty when there is nothing to tell.</returns>
    public static string Limits(IReadOnlyList<RunReport> reports)
    {
        StringBuilder text = new();
        foreach (RunReport report in reports)
        {
            string[] lines = [.. Limit(report)];
            text.Append(lines.Length == 0 ? "" : TextWrap.Wrap($"{report.Pipeline}: {lines[0]}", Width) + "\n")
                .AppendJoin("", lines.Skip(1).Select(line => $"  {line}\n"));
        }

        return text.ToString();
    }

    private static IEnumerable<string> Limit(RunReport report)
    {
        if (report.Elapsed < s_notable || report.Verdict is not { Sure: > Sureness.Unclear } verdict)
        {
            yield break;
        }

        yield return $"{(verdict.Sure == Sureness.Likely ? "probably: " : "")}{verdict}";
        if (verdict.Change is { } change)
        {
            yield return $"try {change}";
        }
    }

    /// <summary>Draws what was not done with values and parents, and the gates that did not keep a result from being published.</summary>
    /// <returns>The text; each line ends in a line feed. Empty when there is nothing to tell.</returns>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole lines.</param>
    public static string Findings(RunReport report, bool mask, int? width)
    {
        string gates = report.Gates.Count == 0 ? ""
            : $"\n{report.Pipeline}: {(report.IsDryRun ? GateText.Forecast(report.Gates)
                : report.Outcome == "completed" ? GateText.Passed(report.Gates)
                : $"nothing was published because of {string.Join(", ", ExceededGate.NamesOf(report.Gates))}; see above.")}\n";
        StringBuilder text = new(gates);
        HashSet<string?> told = [.. report.Gates.SelectMany(gate => gate.Excesses).Select(excess => excess.About)];
        foreach (Excess finding in report.Findings.Notable(mask ? value => Mask.Of(value)! : null).Where(finding => !told.Contains(finding.About)))
        {
            text.Append('\n').Append(report.Pipeline).Append(": ").Append(finding.Finding).Append(".\n");
            text.AppendJoin("", finding.Advice.Select(line => $"  {line}\n"));
        }

        return TextWrap.ToTerminal(text.ToString(), width);
    }

    /// <summary>Draws the first changes that a dry run found.</summary>
    /// <returns>The text; each line ends in a line feed.</returns>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole lines.</param>
    public static string Samples(RunReport report, bool mask, int? width)
    {
        StringBuilder text = new();
        foreach (RecordVerdict record in report.Samples)
        {
            text.Append($"\n{report.Pipeline} {record.LegacyId} (line {record.Line}) → HubSpot {record.HubspotId}\n");
            foreach (PropertyVerdict property in record.Properties.Where(property => property.Kind == VerdictKind.Change))
            {
                (string from, string to) = ValuePair.Of(property.Hubspot, property.Converted, MostOfValue, mask, quote: true);
                text.Append($"  {property.Property}: {from} → {to}\n");
            }
        }

        return TextWrap.ToTerminal(text.ToString(), width);
    }

    /// <summary>Draws the values that no map knows, as a dry run found them.</summary>
    /// <returns>The text; each line ends in a line feed. Empty when there are none.</returns>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for the whole table.</param>
    public static string Unmapped(RunReport report, bool mask, int? width)
        => report.Unmapped.Count == 0 ? "" : "\n" + TextTable.Draw(
            width,
            ["?pipeline", "property", "?column", "unmapped value", ">records", "/nearest option"],
            [
                .. report.Unmapped.Select(value => (string[])
                [
                    report.Pipeline, value.Property, value.Column,
                    value.Value is null ? "(others)" : TextTable.Cell(mask ? Mask.Of(value.Value) : value.Value, 40),
                    Show.Count(value.Count),
                    value.Nearest is null ? "" : value.Nearest == value.Option ? value.Nearest : $"{value.Nearest} → {value.Option}",
                ]),
            ]);

    private static string[] Statuses(RunReport report)
    {
        BatchCounts c = report.Counts;
        return
        [
            report.Pipeline, report is { IsDryRun: true, Outcome: "completed" } ? "dry-run" : report.Outcome, Show.Count(c.Read),
            Show.Count(c.Matched), Show.Count(c.Unmatched), Show.Count(c.Ambiguous), Show.Count(c.Conflict),
        ];
    }

    private static string[] Others(RunReport report)
    {
        BatchCounts c = report.Counts;
        return
        [
            report.Pipeline, Show.Count(c.Folded), Show.Count(c.Filtered), Show.Count(c.Rejected), Show.Count(c.WithChanges),
            Show.Seconds(report.Elapsed), Show.Count(Show.Rate(c.Read, report.Elapsed)),
        ];
    }
}
