using Recon.Postgres.Staging;

namespace Recon.Postgres.Push;

/// <summary>What became of an item of a plan, or of a link.</summary>
internal enum PushState
{
    /// <summary>Nobody said anything of it yet.</summary>
    Planned,

    /// <summary>At least one of its changes may be sent.</summary>
    Approved,

    /// <summary>All of its changes were rejected.</summary>
    Rejected,

    /// <summary>Its request may be on the way: whoever finds it so without a process that sends does not know its fate.</summary>
    Sending,

    Written,

    /// <summary>HubSpot refused it.</summary>
    Refused,

    /// <summary>HubSpot held something else than the plan was made of, so nothing was sent.</summary>
    Stale,

    /// <summary>A person changed it last in HubSpot, so nothing was sent.</summary>
    Owned,

    /// <summary>The record was merged into another one.</summary>
    Merged,

    /// <summary>There is no such record.</summary>
    Missing,

    /// <summary>It was sent, and the answer is not known.</summary>
    Uncertain,

    /// <summary>Undone: the record holds what it held before.</summary>
    Restored,

    /// <summary>Not undone: somebody changed it since.</summary>
    Kept,
}

/// <summary>The states as the tables and people write them.</summary>
internal static class PushStates
{
    public static string TextOf(PushState state) => state switch
    {
        PushState.Planned => "planned",
        PushState.Approved => "approved",
        PushState.Rejected => "rejected",
        PushState.Sending => "sending",
        PushState.Written => "written",
        PushState.Refused => "refused",
        PushState.Stale => "stale",
        PushState.Owned => "owned",
        PushState.Merged => "merged",
        PushState.Missing => "missing",
        PushState.Uncertain => "uncertain",
        PushState.Restored => "restored",
        _ => "kept",
    };

    /// <exception cref="StagingException">A later version of recon wrote it.</exception>
    public static PushState Of(string text)
        => Enum.GetValues<PushState>().Cast<PushState?>().FirstOrDefault(state => TextOf(state!.Value) == text)
            ?? throw new StagingException($"'{text}' is no state that this version of recon knows. Use the version that pushed the plan.");
}
