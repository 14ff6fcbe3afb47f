using Recon.Dataflow;

namespace Recon.HubSpot.Tests.Updates;

/// <summary>Makes staged records.</summary>
internal static class Staged
{
    public static ReconciledRecord Record(
        string legacyId, long? id, string status = "matched", decimal? confidence = 100, params (string Name, string New, string? Old)[] changes)
        => new(
            legacyId,
            id,
            changes.ToDictionary(change => change.Name, change => change.New),
            changes.ToDictionary(change => change.Name, change => change.Old),
            confidence,
            status);

    public static async IAsyncEnumerable<ReconciledRecord> Many(int count)
    {
        for (int i = 1; i <= count; i++)
        {
            await Task.Yield();
            yield return Record($"{i:00000}", 9_000_000_000 + i, changes: ("name", $"new {i}", i % 2 == 0 ? null : $"old {i}"));
        }
    }

    public static async IAsyncEnumerable<ReconciledRecord> Of(params ReconciledRecord[] records)
    {
        foreach (ReconciledRecord record in records)
        {
            await Task.Yield();
            yield return record;
        }
    }
}
