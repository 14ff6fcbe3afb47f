namespace Recon.Postgres.Push;

/// <summary>Of what an approval speaks, from the widest to the most specific, which counts.</summary>
internal enum ApprovalScope
{
    All,
    Property,
    Transition,
    Record,
}

/// <summary>What somebody said of changes of a plan.</summary>
/// <param name="Pipeline">The pipeline whose changes are meant; <see langword="null"/> for all.</param>
/// <param name="Property">HubSpot's name; of a record one property, or <see langword="null"/> for all of its changes.</param>
/// <param name="Old">What the transition starts from; empty for nothing. <see langword="null"/> where no transition is meant.</param>
internal sealed record ApprovalWish(
    ApprovalScope Scope, string? Pipeline, string? Property, string? Old, string? New, string? LegacyId, bool IsApproved)
{
    public static string TextOf(ApprovalScope scope) => scope switch
    {
        ApprovalScope.All => "all",
        ApprovalScope.Property => "property",
        ApprovalScope.Transition => "transition",
        _ => "record",
    };
}

/// <summary>An approval as it was entered.</summary>
/// <param name="Id">Grows in the order in which approvals of a plan were entered.</param>
internal sealed record Approval(long Id, ApprovalWish Wish, string By, DateTimeOffset At, string? Reason, bool IsOverLimit);

/// <summary>One change that a plan wants: a property of a record, or an association.</summary>
/// <param name="Old">Empty for nothing.</param>
/// <param name="New">Empty for cleared.</param>
internal sealed record PlannedChange(string Pipeline, string LegacyId, string Property, string Old, string New);
