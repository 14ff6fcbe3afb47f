using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Runs.Gates;

/// <summary>What exceeds each gate, in words. A limit that somebody set holds for any number; the default ones spare what is small.</summary>
internal static class GateRules
{
    /// <summary>Values, ids, rows or keys below which a default limit does not judge.</summary>
    public const int LeastToJudge = 100;

    private const int LeastReplaced = 20;
    private static readonly Limit s_half = new(50, true);

    public static IEnumerable<Excess> Rejects(GateFacts facts, Limit? limit)
    {
        BatchCounts counts = facts.Counts;
        string reasons = string.Join(
            ", ", counts.ByReason.OrderByDescending(reason => reason.Value).Select(reason => $"{Show(reason.Value)} {reason.Key}"));
        return limit?.IsExceededBy(counts.Rejected, counts.Read) != true ? [] :
        [
            new Excess(
                $"{Show(counts.Rejected)} of {Show(counts.Read, "record")} were rejected: {reasons}",
                [.. StrayQuotes(counts), "Look at the rejects (--rejects FILE), and fix the input."]),
        ];
    }

    private static IEnumerable<string> StrayQuotes(BatchCounts counts)
        => counts.ByReason.GetValueOrDefault(RejectReasons.StrayQuote) * 2 > counts.Rejected
            ? ["If quotes stand for themselves in this file (24\", without another around the value), set \"quote\": \"none\" in the csv block."]
            : [];

    public static IEnumerable<Excess> RejectedValues(GateFacts facts, Limit? limit)
        => from property in facts.Findings.Values.Where(kind => kind.Reason != ValueRejectReasons.RequiredMissing).GroupBy(kind => kind.Property)
           let first = property.First()
           let all = property.Sum(kind => kind.Count)
           let byDefault = property.Sum(kind => kind.Accepted == 0 || !IsByChoice(kind.Reason) ? kind.Count : 0)
           where limit is { } set ? set.IsExceededBy(all, first.Values)
               : first.Values >= LeastToJudge && s_half.IsExceededBy(byDefault, first.Values)
           from kind in property
           select facts.Findings.Tell(kind, facts.Mask);

    public static IEnumerable<Excess> UnresolvedParents(GateFacts facts, Limit? limit)
        => from parents in facts.Findings.Parents
           where limit is { } set ? set.IsExceededBy(parents.Count, parents.Ids)
               : (parents.Count == parents.Ids && facts.Keyed.Contains(parents.Lookup.Label)) || IsMisspelled(facts, parents.Lookup)
           let told = parents.Tell(facts.Mask)
           select facts.Unfound.GetValueOrDefault(parents.Lookup.Label) is { } cause ? told with { Advice = cause.Advice } : told;

    public static IEnumerable<Excess> Unmatched(GateFacts facts, Limit? limit)
    {
        BatchCounts counts = facts.Counts;
        ValidLookup match = facts.Pipeline.Match;
        bool isExceeded = limit?.IsExceededBy(counts.Unmatched, counts.Staged)
            ?? ((counts.Matched + counts.Ambiguous == 0 && facts.Keyed.Contains(match.Label)) || IsMisspelled(facts, match));
        return !isExceeded ? [] :
        [
            new Excess(
                $"{Show(counts.Unmatched)} of {Show(counts.Staged, "row")} are unmatched",
                facts.Unfound.GetValueOrDefault(match.Label)?.Advice ?? KeyAdvice.Of(match, counts.Unmatched, counts.Staged),
                match.Label),
        ];
    }

    private static bool IsMisspelled(GateFacts facts, ValidLookup lookup) => facts.Unfound.GetValueOrDefault(lookup.Label)?.IsSpelling == true;

    public static IEnumerable<Excess> FewRecords(GateFacts facts, Limit? limit)
        => !facts.IsWhole || limit is not { } least || facts.Counts.Read >= least.Value ? []
            : [new Excess($"The input has {Show(facts.Counts.Read, "record")}", ["Is the export complete?"])];

    public static IEnumerable<Excess> Shrink(GateFacts facts, Limit? limit)
    {
        long staged = facts.Counts.Staged;
        long replaced = facts.Former.Rows;
        bool isExceeded = limit?.IsExceededBy(replaced - staged, replaced)
            ?? (staged == 0 ? replaced > 0 : replaced >= LeastReplaced && s_half.IsExceededBy(replaced - staged, replaced));
        return !isExceeded ? [] :
        [
            new Excess(
                $"The result would have {Show(staged, "row")} in place of {Show(replaced)}{(facts.Counts.Read == 0 ? ": the input has no records" : "")}",
                ["Is the export complete? Compare the file with the one before."]),
        ];
    }

    // By default of rows that were found then: new ones are not expected in HubSpot. Nor are their parents, and so these are judged
    // only where rows are found as before.
    public static IEnumerable<Excess> MatchLoss(GateFacts facts, Limit? limit)
    {
        FoundShare rows = FoundShare.OfRows(facts.Counts);
        FoundShare formerRows = FoundShare.OfRows(facts.Former.Counts);
        if (Exceeds(limit, rows, formerRows, facts.WereFound))
        {
            yield return Loss("rows were found", rows, formerRows, facts.Pipeline.Match);
        }

        bool areKnown = formerRows.Found > 0 && rows.Found * 2 >= formerRows.Expect(rows.Ids);
        foreach (ValidLookup lookup in facts.Pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Parent))
        {
            FoundShare ids = FoundShare.OfParents(facts.Counts, lookup.Label);
            FoundShare formerIds = FoundShare.OfParents(facts.Former.Counts, lookup.Label);
            if (Exceeds(limit, ids, formerIds, areKnown))
            {
                yield return Loss($"ids of parent '{lookup.Label}' were found", ids, formerIds, lookup);
            }
        }
    }

    private static bool Exceeds(Limit? limit, FoundShare share, FoundShare former, bool isJudged)
        => former.Expect(share.Ids) is var expected
            && (limit?.IsExceededBy(expected - share.Found, expected) ?? (isJudged && share.IsLessThanHalfOf(former)));

    private static Excess Loss(string what, FoundShare share, FoundShare former, ValidLookup lookup) => new(
        $"{Show(share.Found)} of {Show(share.Ids)} {what}; in the result that is replaced, {Show(former.Found)} of {Show(former.Ids)} were",
        ["Was the file, the definition or the mirror's key column changed?", .. KeyAdvice.Of(lookup)],
        lookup.Label);

    public static IEnumerable<Excess> Changes(GateFacts facts, Limit? limit)
    {
        BatchCounts counts = facts.Counts;
        string most = string.Join(
            ", ", counts.PropertyChanges.OrderByDescending(entry => entry.Value).Take(3).Select(entry => $"{entry.Key} ({Show(entry.Value)})"));
        return limit?.IsExceededBy(counts.WithChanges, counts.Matched) != true ? [] :
        [
            new Excess(
                $"{Show(counts.WithChanges)} of {Show(counts.Matched, "matched row")} have changes, most often of {most}",
                ["Look at some of them: a dry run (--dry-run) shows the first."]),
        ];
    }

    // A map, or a program's conversion, may know only what it is meant to take.
    private static bool IsByChoice(string reason) => reason is ValueRejectReasons.Unmapped or ValueRejectReasons.CustomRefused;
}
