using Recon.Postgres.Push;

namespace Recon.Push.Approving;

/// <summary>
/// Whether a change may be sent: what the most specific approval says that speaks of it, the latest among equal ones; without any, no.
/// </summary>
/// <remarks><see cref="JudgedChanges"/> is the same rule as SQL.</remarks>
internal static class ApprovalJudge
{
    /// <returns>The approval that counts; <see langword="null"/> where nobody spoke of the change.</returns>
    public static Approval? Deciding(PlannedChange change, IReadOnlyList<Approval> approvals)
        => approvals.Where(approval => Speaks(approval.Wish, change)).OrderBy(approval => approval.Wish.Scope).ThenBy(approval => approval.Id).LastOrDefault();

    private static bool Speaks(ApprovalWish wish, PlannedChange change)
        => (wish.Pipeline is null || wish.Pipeline == change.Pipeline)
            && wish.Scope switch
            {
                ApprovalScope.All => true,
                ApprovalScope.Property => wish.Property == change.Property,
                ApprovalScope.Transition => wish.Property == change.Property && wish.Old == change.Old && wish.New == change.New,
                _ => wish.LegacyId == change.LegacyId && (wish.Property is null || wish.Property == change.Property),
            };
}
