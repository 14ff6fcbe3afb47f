using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>
/// Chooses the HubSpot record of a legacy record from the answers of the match lookup and the fallbacks, in their
/// order: the first lookup that found anything decides, and two candidates are never guessed between.
/// </summary>
internal sealed class RecordMatcher
{
    /// <summary>Name of the rule that goes by the legacy id.</summary>
    public const string LegacyIdRule = "legacy-id";

    /// <summary>Name of the rule for a legacy id on a record that HubSpot merged into another one.</summary>
    public const string MergedRule = "merged";

    /// <summary>Name of the rule for what somebody decided.</summary>
    public const string DecisionRule = "decision";

    private const double Certain = 100;

    private readonly Rule[] _rules;

    /// <summary>Makes the matcher of a pipeline.</summary>
    public RecordMatcher(IEnumerable<ValidLookup> lookups)
        => _rules = [.. lookups
            .Select((lookup, index) => new Rule(
                index,
                lookup.Role == LookupRole.Match ? LegacyIdRule : lookup.Label,
                lookup.Confidence,
                lookup.Role))
            .Where(rule => rule.Role != LookupRole.Parent)];

    /// <summary>Chooses the record of one row.</summary>
    /// <param name="batch">The batch, with the answers so far.</param>
    /// <returns>The record, or why there is none.</returns>
    public RecordMatch Find(RecordBatch batch, int row)
    {
        if (batch.Decided is { } decided && decided.TryGetValue(row, out DecidedRow known) && !known.IsRefused)
        {
            return Decided(batch, row, known.Decision);
        }

        foreach (Rule rule in _rules)
        {
            LookupAnswer? answer = rule.Lookup < batch.Answers.Count ? batch.Answers[rule.Lookup] : null;
            ReadOnlySpan<int> candidates = answer is null ? default : answer.Candidates(row);
            if (candidates.Length == 1)
            {
                return new RecordMatch(MatchStatus.Matched, rule.Lookup, candidates[0],
                    rule.Role == LookupRole.Match && answer!.Merged?.ContainsKey(row) == true ? MergedRule : rule.Name,
                    rule.Confidence);
            }

            if (candidates.Length > 1)
            {
                return new RecordMatch(MatchStatus.Ambiguous, rule.Lookup, -1, rule.Name, 0);
            }
        }

        return new RecordMatch(MatchStatus.Unmatched, -1, -1, null, 0);
    }

    // The match lookup holds the record that was decided on as the row's only candidate.
    private RecordMatch Decided(RecordBatch batch, int row, RecordDecision decision)
    {
        int lookup = decision.HubspotId is null ? -1 : Array.Find(_rules, rule => rule.Role == LookupRole.Match).Lookup;
        return lookup < 0
            ? new RecordMatch(MatchStatus.Unmatched, -1, -1, DecisionRule, Certain)
            : new RecordMatch(MatchStatus.Matched, lookup, batch.Answers[lookup]!.Candidates(row)[0], DecisionRule, Certain);
    }

    private readonly record struct Rule(int Lookup, string Name, double Confidence, LookupRole Role);
}
