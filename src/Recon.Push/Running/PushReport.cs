using Recon.Postgres.Push;
using Recon.Push.Verifying;

namespace Recon.Push.Running;

/// <summary>Why a push ended before its end; everything can be resumed.</summary>
/// <param name="Message">What happened, and what to do.</param>
/// <param name="IsSignal">Whether somebody stopped this process.</param>
internal sealed record Stop(string Message, bool IsSignal = false);

/// <summary>What a push or an undo did.</summary>
/// <param name="Items">All items of the plan by state, whenever they got there.</param>
/// <param name="Links">All associations of the plan by state.</param>
/// <param name="Calls">Calls of this process.</param>
/// <param name="FailedCalls">Those of them that failed.</param>
internal sealed record PushReport(
    PushPlan Plan,
    IReadOnlyDictionary<PushState, long> Items,
    IReadOnlyDictionary<PushState, long> Links,
    long Calls,
    long FailedCalls,
    TimeSpan Time)
{
    private static readonly PushState[] s_ends =
        [PushState.Written, PushState.Refused, PushState.Stale, PushState.Owned, PushState.Merged, PushState.Missing, PushState.Uncertain];

    /// <summary>What keeps it from being complete; <see langword="null"/> when it is.</summary>
    public Stop? Stop { get; init; }

    /// <summary>What reading back found; <see langword="null"/> where nothing was read back.</summary>
    public VerificationResult? Verification { get; init; }

    /// <summary>The states in which a push leaves an item, in the order in which they are told.</summary>
    public static IReadOnlyList<PushState> Ends => s_ends;

    /// <summary>The items that a push took on.</summary>
    public long Planned => Items.Where(state => state.Key is not (PushState.Planned or PushState.Rejected)).Sum(state => state.Value);

    /// <summary>The items that are still to be sent, or whose sending was interrupted.</summary>
    public long Waiting => Of(PushState.Approved) + Of(PushState.Sending);

    public long Of(PushState state) => Items.GetValueOrDefault(state);
}
