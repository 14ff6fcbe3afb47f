using Recon.Postgres.Push;
using Recon.Push.Approving;

namespace Recon.Push.Tests.Approving;

/// <summary>What the judge says of changes and records.</summary>
internal static class Judging
{
    /// <returns>What was said; <see langword="null"/> where nothing was.</returns>
    public static bool? Of(PlannedChange change, IReadOnlyList<Approval> approvals) => ApprovalJudge.Deciding(change, approvals)?.Wish.IsApproved;

    /// <summary>The state of a record with some changes.</summary>
    public static PushState StateOf(IEnumerable<PlannedChange> changes, IReadOnlyList<Approval> approvals)
    {
        bool?[] verdicts = [.. changes.Select(change => Of(change, approvals))];
        return verdicts.Contains(true) ? PushState.Approved : verdicts.All(verdict => verdict == false) ? PushState.Rejected : PushState.Planned;
    }
}
