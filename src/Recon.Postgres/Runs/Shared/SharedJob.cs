namespace Recon.Postgres.Runs.Shared;

/// <summary>Pipelines that several processes run together, one after the other under one run id.</summary>
/// <param name="Id">The job, and the run that its pipelines begin.</param>
/// <param name="Definition">Fingerprint of the definitions of its pipelines. Map files are compared when a run is joined.</param>
/// <param name="StartedBy">User, host and process, for people.</param>
/// <param name="Coordinator">The silo whose process coordinates it.</param>
internal sealed record SharedJob(
    Guid Id,
    IReadOnlyList<string> Pipelines,
    JobSettings Settings,
    string Definition,
    string ToolVersion,
    string StartedBy,
    string Coordinator)
{
    /// <summary>Since its coordinator's last sign of life, by the server's clock.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>Whether another process has taken the place of the one that began it.</summary>
    public bool IsTakenOver { get; init; }

    /// <summary>How it ended; <see langword="null"/> while it goes on.</summary>
    public string? Outcome { get; init; }
}
