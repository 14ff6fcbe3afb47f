using Recon.Postgres.Runs.Shared;

namespace Recon.Cluster;

/// <summary>What a process has to do with the coordination of its job.</summary>
internal interface ICoordinatorHost
{
    /// <summary>
    /// Whoever looks for the coordinator was led to this process: it begins to coordinate unless it does so already. Returns at once.
    /// </summary>
    /// <returns>Where workers find the run, or <see langword="null"/> where this process does not coordinate any more.</returns>
    IRunExchange? Coordinate();

    /// <returns>The silo that the job's row names as its coordinator; <see langword="null"/> where that cannot be told.</returns>
    Task<string?> CoordinatorAsync();
}
