using System.Text;
using Recon.Cli.Hosting;
using Recon.Postgres.Queries;

namespace Recon.Cli.Rendering;

/// <summary>What differs between two runs, for people: counts first, then some records.</summary>
internal static class DiffText
{
    private const int ValueLength = 30;

    private static readonly RecordOutcome s_none = new("(none)", null, new Dictionary<string, string?>(), new Dictionary<string, string?>());

    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Draw(RunDifference difference, bool mask, int? width)
    {
        var text = new StringBuilder();
        text.Append(TextWrap.ToTerminal($"{difference.Pipeline}: {Summary(difference)}\n", width))
            .Append("  from ").Append(Run(difference.From)).Append("  to   ").Append(Run(difference.To));
        if (difference.Statuses.Count > 0)
        {
            text.Append('\n').Append(TextTable.Draw(
                width,
                ["status before", "status after", ">records", "/for example"],
                [.. difference.Statuses.Select(each => (string[])[each.From ?? "(not there)", each.To ?? "(gone)", Show.Count(each.Count), Ids(each.LegacyIds)])]));
        }

        if (difference.Properties.Count > 0)
        {
            text.Append('\n').Append(TextTable.Draw(
                width,
                ["property", ">update added", ">dropped", "?>other value", "?>HubSpot moved", "/for example"],
                [
                    .. difference.Properties.Select(each => (string[])[
                        each.Property, Show.Count(each.Added), Show.Count(each.Dropped), Show.Count(each.OtherValue), Show.Count(each.OtherFormer), Ids(each.LegacyIds)]),
                ]));
        }

        if (difference.Causes.Count > 0)
        {
            text.Append('\n').Append(TextTable.Draw(
                width,
                ["what else differs", ">records", "/for example"],
                [.. difference.Causes.Select(each => (string[])[Cause(each.Cause), Show.Count(each.Count), Ids(each.LegacyIds)])]));
        }

        text.Append(difference.Records.Count == 0 ? "" : "\n");
        foreach (DifferingRecord record in difference.Records)
        {
            text.Append(Record(record, mask, width));
        }

        long left = difference.Differing - difference.Records.Count;
        return left == 0 || difference.Records.Count == 0 ? text.ToString()
            : text.Append(TextWrap.ToTerminal($"and {Show.Count(left, "more record")}: --limit shows more.\n", width)).ToString();
    }

    private static string Summary(RunDifference difference)
    {
        if (difference.Differing == 0)
        {
            return $"no difference in status, HubSpot record or updates among {Show.Count(difference.Rows, "record")}";
        }

        long rest = difference.Differing - difference.Statuses.Sum(each => each.Count);
        string[] parts =
        [
            .. Part(difference.Added, "new"), .. Part(difference.Gone, "gone"), .. Part(difference.WithOtherStatus, "with another status"), .. Part(rest, "with other changes"),
        ];
        return $"{Show.Count(difference.Differing, "record")} differ{(difference.Differing == 1 ? "s" : "")}: {string.Join(", ", parts)} ({Show.Count(difference.Rows)} in the later result)";

        static string[] Part(long count, string what) => count == 0 ? [] : [$"{Show.Count(count)} {what}"];
    }

    private static string Run(ComparedRun run) => $"{run.RunId}  {run.Started.TrimEnd('Z').Replace('T', ' ')} UTC\n";

    private static string Ids(IReadOnlyList<string> ids) => string.Join(", ", ids);

    /// <summary>A cause in words.</summary>
    internal static string Cause(string cause) => cause switch
    {
        CauseOfDifference.Legacy => "the legacy row",
        CauseOfDifference.Hubspot => "HubSpot",
        CauseOfDifference.Claims => "claims of other records",
        CauseOfDifference.Decision => "a decision",
        CauseOfDifference.Both => "the legacy row and HubSpot",
        CauseOfDifference.Definition => "the definition, or what is not staged",
        CauseOfDifference.Tool => "the version of recon, or what is not staged",
        CauseOfDifference.Other => "what is not staged",
        _ => "which records were read",
    };

    private static string Record(DifferingRecord record, bool mask, int? width)
    {
        (RecordOutcome before, RecordOutcome after) = (record.Before ?? s_none, record.After ?? s_none);
        var text = new StringBuilder();
        string status = record.Before is null ? $"new, {after.Status}" : record.After is null ? $"gone, was {before.Status}"
            : before.Status == after.Status ? after.Status : $"{before.Status} → {after.Status}";
        text.Append(TextWrap.ToTerminal($"{record.LegacyId}: {status} ({Cause(record.Cause)})\n", width));
        if (record is { Before: not null, After: not null } && before.HubspotId != after.HubspotId)
        {
            text.Append(Line("HubSpot record", before.HubspotId?.ToString() ?? ValuePair.Nothing, after.HubspotId?.ToString() ?? ValuePair.Nothing, width));
        }

        foreach (string property in before.Updates.Keys.Union(after.Updates.Keys).Order(StringComparer.Ordinal).Where(each => Differs(before, after, each)))
        {
            (string was, string now) = (Update(before, property, mask), Update(after, property, mask));
            text.Append(Line(property, was, was == now ? "another value that looks alike here" : now, width));
        }

        return text.ToString();
    }

    private static bool Differs(RecordOutcome before, RecordOutcome after, string property)
        => before.Updates.GetValueOrDefault(property) != after.Updates.GetValueOrDefault(property)
            || before.Previous.GetValueOrDefault(property) != after.Previous.GetValueOrDefault(property)
            || before.Updates.ContainsKey(property) != after.Updates.ContainsKey(property);

    private static string Line(string name, string before, string after, int? width)
        => TextWrap.ToTerminal($"  {name}: {before}  →  {after}\n", width);

    private static string Update(RecordOutcome outcome, string property, bool mask)
    {
        if (!outcome.Updates.TryGetValue(property, out string? to))
        {
            return "no update";
        }

        (string from, string shown) = ValuePair.Of(Value(outcome.Previous.GetValueOrDefault(property)), Value(to), ValueLength, mask, quote: true);
        return $"{from} becomes {shown}";

        static string? Value(string? text) => string.IsNullOrEmpty(text) ? null : text;
    }
}
