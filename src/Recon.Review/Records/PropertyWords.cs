using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Queries.Review;

namespace Recon.Review.Records;

/// <summary>What was decided about a property, in words.</summary>
internal static class PropertyWords
{
    /// <param name="comparison">The kind of comparison that the definition has for it.</param>
    public static string Why(ReviewedProperty property, string comparison) => property switch
    {
        { IsChange: true, Hubspot: null or "" } => $"HubSpot has nothing{Policy(property.Rule)}",
        { IsChange: true, Result: null or "" } => "the file has nothing, and the definition says that this clears it",
        { IsChange: true } => $"they differ, compared as {comparison}{Policy(property.Rule)}",
        { Verdict: VerdictKind.Same } => "the same",
        { Verdict: VerdictKind.SameByMeaning } => $"the same by meaning, compared as {comparison}",
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

    private static string Policy(string rule) => rule switch
    {
        "overwrite" => ": the file's value is taken",
        "fill-blank" => ": what is empty is filled",
        "newest" => ": the file's record is the newer one",
        _ => "",
    };
}
