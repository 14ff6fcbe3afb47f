using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>How far a push or an undo is.</summary>
/// <param name="States">The items that are settled, by state, whenever they got there.</param>
/// <param name="All">The items that it takes on.</param>
/// <param name="PerSecond">Items that this process settles.</param>
/// <param name="Left">How long it will take; unknown when <see langword="null"/>.</param>
internal sealed record PushProgress(
    IReadOnlyList<(PushState State, long Items)> States, long Done, long All, long Calls, RateState? Quota, double PerSecond, TimeSpan? Left)
{
    /// <summary>The associations that are settled, and all that this process makes; <see langword="null"/> until they begin.</summary>
    public (long Done, long All)? Links { get; init; }

    private static readonly PushState[] s_order =
    [
        PushState.Written, PushState.Restored, PushState.Kept, PushState.Refused, PushState.Stale, PushState.Owned, PushState.Merged, PushState.Missing,
        PushState.Uncertain,
    ];

    /// <returns><see langword="null"/> until the items are counted.</returns>
    public static PushProgress? Of(PushTally tally, bool isUndo, TimeSpan time)
    {
        if (tally.Before is not { } before)
        {
            return null;
        }

        IReadOnlyDictionary<PushState, long> settled = tally.Settled();
        long now = settled.Where(state => state.Key != PushState.Uncertain).Sum(state => state.Value);
        IReadOnlyList<PushState> open = isUndo ? PushLedger.Undoable : PushLedger.Sendable;
        long all = isUndo
            ? open.Concat([PushState.Restored, PushState.Kept]).Sum(state => before.GetValueOrDefault(state))
            : before.Where(state => state.Key is not (PushState.Planned or PushState.Rejected)).Sum(state => state.Value);
        long done = Math.Min(all, all - open.Sum(state => before.GetValueOrDefault(state)) + now);
        double perSecond = time > TimeSpan.Zero ? now / time.TotalSeconds : 0;
        (PushState, long)[] states =
        [
            .. s_order.Where(state => !isUndo || state is PushState.Restored or PushState.Kept or PushState.Uncertain)
                .Select(state => (state, (open.Contains(state) ? 0 : before.GetValueOrDefault(state)) + settled.GetValueOrDefault(state)))
                .Where(state => state.Item2 > 0),
        ];
        return new PushProgress(
            states, done, all, tally.Calls, tally.Quota, perSecond, perSecond > 0 ? TimeSpan.FromSeconds((all - done) / perSecond) : null)
        {
            Links = tally.Links is { } links and > 0 ? (tally.Linked, links) : null,
        };
    }
}
