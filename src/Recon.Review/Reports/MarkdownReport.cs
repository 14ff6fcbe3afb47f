using System.Globalization;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Reports;

/// <summary>A report for a pull request or a job summary.</summary>
internal static class MarkdownReport
{
    public static string Of(ReportDocument report, bool isShortened)
    {
        var text = new Markdown();
        text.Line($"# Reconciliation report");
        text.Line();
        text.Line($"{Words(report.Sentence)}");
        if (report.Pipelines.Count > 0)
        {
            text.Line();
            text.Line($"| pipeline | records | would change | nothing to change | to be decided | no HubSpot record | could not be used | repeats | left out |");
            text.Line($"|---|--:|--:|--:|--:|--:|--:|--:|--:|");
            foreach (PipelineReport pipeline in report.Pipelines)
            {
                Row(text, pipeline.Pipeline, pipeline.Account, pipeline.WithoutResult);
            }

            if (report.Pipelines.Count(each => each.WithoutResult is null) > 1)
            {
                Row(text, "all", report.Account, null);
            }
        }

        if (Sentences.WithoutResult(report.Pipelines) is { } without)
        {
            text.Line();
            text.Line($"{Words(without)}");
        }

        if (report.WithoutRun.Count > 0)
        {
            text.Line();
            text.Line($"Not run yet: {Words(string.Join(", ", report.WithoutRun))}.");
        }

        foreach (PipelineReport pipeline in report.Pipelines)
        {
            Pipeline(text, pipeline);
        }

        text.Line();
        text.Line($"{Words(report.GeneratedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture))} UTC, recon {Words(report.ToolVersion)}{Words(report.Masked ? ", values are hidden" : "")}{Words(isShortened ? ", shortened" : "")}");
        return text.ToString();
    }

    private static void Row(Markdown text, string name, Account account, string? withoutResult)
    {
        if (withoutResult is not null)
        {
            text.Line($"| {Words(name)} | no result: {Words(withoutResult)} | | | | | | | |");
            return;
        }

        text.Line($"| {Words(name)} | {account.Read} | {account.Changed} | {account.Unchanged} | {account.Ambiguous + account.Conflict} | {account.Unmatched} | {account.Rejected} | {account.Folded} | {account.Filtered} |");
    }

    private static void Pipeline(Markdown text, PipelineReport report)
    {
        text.Line();
        text.Line($"## {Words(report.Pipeline)}");
        text.Line();
        foreach (string note in report.Notes)
        {
            text.Line($"> **Note:** {Words(note)}");
            text.Line();
        }

        text.Line($"{Words(report.Sentence)}");
        Properties(text, report);
        Unread(text, report);
        Rejects(text, report);
        Parents(text, report);
        Comparison(text, report);
        MarkdownSpeed.Write(text, report);
        Warnings(text, report.Warnings);
    }

    private static void Properties(Markdown text, PipelineReport report)
    {
        PropertyFacts[] told = [.. report.Properties.Where(property => property.Changes + property.Withheld + property.Rejected > 0)];
        if (told.Length == 0)
        {
            return;
        }

        text.Line();
        text.Line($"| property | changes | set | changed | cleared | equal by meaning | withheld | not readable | most frequent |");
        text.Line($"|---|--:|--:|--:|--:|--:|--:|--:|---|");
        foreach (PropertyFacts property in told)
        {
            text.Line($"| {Words(property.Property)} | {property.Changes} | {Known(property.Set)} | {Known(property.Changed)} | {Known(property.Cleared)} | {Known(property.SameByMeaning)} | {property.Withheld} | {property.Rejected} | {First(property)} |");
        }
    }

    private static MarkdownText First(PropertyFacts property)
    {
        if (property.Transitions is not [var pair, ..])
        {
            return default;
        }

        var handler = new MarkdownHandler(8, 3);
        Append(handler, pair.From);
        handler.AppendLiteral(" → ");
        Append(handler, pair.To);
        handler.AppendLiteral(" × ");
        handler.AppendFormatted(pair.Records);
        return MarkdownText.Built(handler);
    }

    private static void Unread(Markdown text, PipelineReport report)
    {
        if (report.RejectedValues.Count == 0)
        {
            return;
        }

        Heading(text, "Values that could not be read");
        foreach (RejectedValueFacts values in report.RejectedValues)
        {
            text.Line($"- {values.Values} of {values.Property} ({Words(values.Reason)}): {Words(values.Meaning)}{Samples(values)}");
            if (values.Paste.Count > 0)
            {
                text.Line($"  To paste into {Words(values.PasteInto)}:");
                text.Line();
                text.Block(values.Paste);
            }
        }
    }

    private static MarkdownText Samples(RejectedValueFacts values)
    {
        var handler = new MarkdownHandler(8, values.Samples.Count);
        foreach ((int index, ValueSampleFacts sample) in values.Samples.Take(3).Index())
        {
            handler.AppendLiteral(index == 0 ? ", such as " : ", ");
            Append(handler, sample.Value);
        }

        return MarkdownText.Built(handler);
    }

    private static void Rejects(Markdown text, PipelineReport report)
    {
        if (report.Rejects.Count == 0)
        {
            return;
        }

        Heading(text, "Records that could not be used");
        foreach (RejectFacts like in report.Rejects)
        {
            text.Line($"- {like.Records} {like.Reason}{Words(like.Column is null ? "" : $" in {like.Column}")}: {Words(like.Message)} {Words(like.Samples.Count == 0 ? "" : $"Line {string.Join(", ", like.Samples.Select(sample => Numbers.Count(sample.Line)))}.")}");
        }
    }

    private static void Parents(Markdown text, PipelineReport report)
    {
        if (report.Parents.Count == 0)
        {
            return;
        }

        Heading(text, "Missing parents");
        foreach (ParentFacts parents in report.Parents)
        {
            var handler = new MarkdownHandler(8, parents.Missing.Count);
            foreach ((int index, MissingParent parent) in parents.Missing.Take(5).Index())
            {
                handler.AppendLiteral(index == 0 ? " Most records name " : ", ");
                Append(handler, parent.LegacyId);
                handler.AppendLiteral(" (");
                handler.AppendFormatted(parent.Records);
                handler.AppendLiteral(")");
            }

            text.Line($"- {Words(parents.Lookup)}: {Words(Sentences.Missing(parents))}.{MarkdownText.Built(handler)}");
        }
    }

    private static void Comparison(Markdown text, PipelineReport report)
    {
        DifferenceFacts[] numbers = [.. (report.Comparison?.Numbers ?? []).Where(number => number.Before != number.Now)];
        if (numbers.Length > 0)
        {
            text.Line();
            text.Line($"Compared with the run before: {Words(string.Join(", ", numbers.Select(number => $"{number.What} {Numbers.Difference(number.Now - number.Before)}")))}.");
        }

        if (report.Comparison?.Records is not { Records: > 0 } records)
        {
            return;
        }

        text.Line();
        text.Line($"{records.Records} {Words(records.Records == 1 ? "record has" : "records have")} another outcome than before, because:");
        text.Line();
        foreach (CauseFacts cause in records.Causes)
        {
            text.Line($"- {Words(cause.Meaning)}: {cause.Records}{Ids(cause.LegacyIds)}");
        }

        foreach (StatusChangeFacts change in records.Statuses)
        {
            text.Line($"- {Words(Sentences.Change(change))}: {change.Records}, {Words(Sentences.Why(change))}{Ids(change.LegacyIds)}");
        }
    }

    private static MarkdownText Ids(IReadOnlyList<string> ids)
    {
        var handler = new MarkdownHandler(8, ids.Count);
        foreach ((int index, string id) in ids.Index())
        {
            handler.AppendLiteral(index == 0 ? ", such as " : ", ");
            handler.AppendFormatted(id);
        }

        return MarkdownText.Built(handler);
    }

    private static void Warnings(Markdown text, IReadOnlyList<string> warnings)
    {
        if (warnings.Count == 0)
        {
            return;
        }

        Heading(text, "Warnings of the run");
        foreach (string warning in warnings)
        {
            text.Line($"- {Words(warning)}");
        }
    }

    private static void Heading(Markdown text, string heading)
    {
        text.Line();
        text.Line($"### {Words(heading)}");
        text.Line();
    }

    private static void Append(MarkdownHandler to, ShownValue? value)
    {
        if (value is null or { Text: "" })
        {
            to.AppendLiteral(value is null ? "nothing" : "empty");
            return;
        }

        to.AppendFormatted(value.Text);
        if (value.Length is { } length)
        {
            to.AppendLiteral("… (of ");
            to.AppendFormatted(length);
            to.AppendLiteral(" characters)");
        }
    }

    private static MarkdownText Known(long? count) => MarkdownText.Of(count is null ? "" : Numbers.Count(count.Value));

    private static MarkdownText Words(string? text) => MarkdownText.Of(text);
}
