namespace Recon.Postgres.Runs.Shared;

/// <summary>Why a worker ended.</summary>
/// <param name="Batches">Batches that it committed.</param>
/// <param name="Message">What went wrong, for people; <see langword="null"/> for nothing.</param>
internal sealed record WorkerEnd(WorkerEndKind Kind, long Batches, string? Message = null);

internal enum WorkerEndKind
{
    /// <summary>The job has ended.</summary>
    Ended,

    /// <summary>The job was cancelled: whoever resumes it begins another one.</summary>
    Cancelled,

    /// <summary>The job has failed: whoever mends what is wrong begins another one.</summary>
    Failed,

    /// <summary>It was asked to leave.</summary>
    Stopped,

    /// <summary>It cannot take part: it has another definition, another input or another version.</summary>
    Refused,

    /// <summary>For too long, the coordinator or the server could not be reached.</summary>
    Unreachable,
}
