using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Queries.Review;

namespace Recon.Review.Records;

/// <summary>What was decided about a property, in words.</summary>
internal static class PropertyWords
{
    public static string Why(ReviewedProperty property) => property switch
    {
        { IsChange: true, Hubspot: null or "" } => "HubSpot has nothing",
        { IsChange: true, Result: null or "" } => "the file has nothing, and the definition clears it",
        { IsChange: true } => $"the values differ{Compared(property.Rule)}",
        { Verdict: VerdictKind.Same } => "the same",
        { Verdict: VerdictKind.SameByMeaning } => $"the same by meaning{Compared(property.Rule)}",
        { Verdict: VerdictKind.LegacyEmpty } => "the file has nothing, so HubSpot keeps what it has",
        { Verdict: VerdictKind.KeptBack } => $"withheld: {WithheldRules.InWords(property.Rule)}",
        { Verdict: VerdictKind.ValueRejected } => $"not used: {(property.Rule == ValueRejectReasons.RequiredMissing ? "no value, and one is required" : RejectedValuesText.What(property.Rule))}",
        { Verdict: VerdictKind.NotApplicable } => "does not apply to this record",
        { Verdict: VerdictKind.Change } => "differs now, and was not staged",
        _ => "no HubSpot record to compare with",
    };

    /// <summary>Those that somebody wants to see come first.</summary>
    public static int Rank(ReviewedProperty property) => property switch
    {
        { IsChange: true } => 0,
        { HasMoved: true } => 1,
        { Verdict: VerdictKind.ValueRejected } => 2,
        { Verdict: VerdictKind.KeptBack } => 3,
        { Verdict: VerdictKind.SameByMeaning } => 4,
        _ => 5,
    };

    /// <summary>Whether nothing happens to it, and nothing is to be told.</summary>
    public static bool IsQuiet(ReviewedProperty property) => Rank(property) == 5;

    /// <summary>The name of its colour.</summary>
    public static string Colour(ReviewedProperty property) => property switch
    {
        { IsChange: true, Hubspot: null or "" } => "set",
        { IsChange: true, Result: null or "" } => "cleared",
        { IsChange: true } => "change",
        { Verdict: VerdictKind.ValueRejected } => "rejected",
        { Verdict: VerdictKind.KeptBack } => "decide",
        { Verdict: VerdictKind.Same or VerdictKind.SameByMeaning } => "equal",
        _ => "filtered",
    };

    private static string Compared(string rule) => rule.Length == 0 ? "" : $", compared as {rule}";
}
