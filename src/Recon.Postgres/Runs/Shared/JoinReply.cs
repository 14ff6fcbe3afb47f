namespace Recon.Postgres.Runs.Shared;

/// <summary>What a worker is told when it asks to join.</summary>
/// <param name="Terms">The run to join; <see langword="null"/> unless there is one.</param>
/// <param name="Message">Why a worker was refused, for people.</param>
internal sealed record JoinReply(JoinState State, RunTerms? Terms = null, string? Message = null);

internal enum JoinState
{
    /// <summary>No pipeline takes workers now: ask again.</summary>
    Wait,

    /// <summary>There is a run to join.</summary>
    Join,

    /// <summary>The worker cannot take part in this job.</summary>
    Refused,

    /// <summary>The job has ended.</summary>
    Ended,
}
