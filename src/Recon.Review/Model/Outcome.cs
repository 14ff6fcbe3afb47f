namespace Recon.Review.Model;

/// <summary>What becomes of records, as pictures show it: the outcomes of an account add up to what was read.</summary>
/// <param name="Key">Names its colour.</param>
internal sealed record Outcome(string Key, string Label, long Records)
{
    /// <summary>All of them, also those of no record, in the order in which pictures show them.</summary>
    public static IReadOnlyList<Outcome> Of(Account account) =>
    [
        new("change", "would change", account.Changed),
        new("equal", "nothing to change", account.Unchanged),
        new("decide", "to be decided", account.Ambiguous + account.Conflict),
        new("missing", "no HubSpot record", account.Unmatched),
        new("rejected", "could not be used", account.Rejected),
        new("folded", "repeats", account.Folded),
        new("filtered", "left out", account.Filtered),
    ];
}
