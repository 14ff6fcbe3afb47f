namespace Recon.Postgres.Runs.Shared;

/// <summary>Why a worker's part in a run is over.</summary>
/// <param name="Message">What went wrong, for people.</param>
internal sealed record JoinedEnd(JoinedEndKind Kind, string? Message = null);

internal enum JoinedEndKind
{
    /// <summary>No split of the pipeline is left, or the run or this worker (then with a message) has failed: what follows is found by joining again.</summary>
    Done,

    /// <summary>The coordinator knows nothing of it, or is another one: it joins again.</summary>
    Rejoin,

    /// <summary>The job has ended.</summary>
    Ended,

    /// <summary>It was asked to leave.</summary>
    Stopped,

    /// <summary>It has another definition or input than the run, or cannot open what the run reads.</summary>
    Refused,

    /// <summary>For too long, the coordinator could not be reached.</summary>
    Unreachable,

    /// <summary>The server cannot be reached, or a wait for it took too long: it joins again in a moment.</summary>
    NoServer,
}
