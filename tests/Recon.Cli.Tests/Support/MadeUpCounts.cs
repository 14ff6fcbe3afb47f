using Recon.Dataflow.Batches;

namespace Recon.Cli.Tests.Support;

/// <summary>Counts that no run made.</summary>
internal static class MadeUpCounts
{
    /// <summary>Of thirty million records, so that every number is a wide one.</summary>
    public static BatchCounts Millions => new()
    {
        Read = 30_000_000,
        Matched = 12_345_678,
        Unmatched = 12_345_678,
        Ambiguous = 1_234_567,
        Conflict = 1_234_567,
        Folded = 1_234_567,
        Filtered = 1_234_567,
        Rejected = 370_376,
        WithChanges = 12_345_678,
        ByReason = new() { ["id-malformed"] = 370_000, ["field-count"] = 300, ["stray-quote"] = 70, ["unterminated-quote"] = 6 },
        KeptBack = new() { ["hs_note_body/truncated"] = 1_234 },
    };
}
