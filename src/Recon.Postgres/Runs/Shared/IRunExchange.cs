namespace Recon.Postgres.Runs.Shared;

/// <summary>
/// What the workers of a run ask its coordinator. The coordinator may be in this process or in another one, and another one may
/// take its place at any time, so every question can be asked again: what was said twice counts once.
/// </summary>
internal interface IRunExchange
{
    /// <summary>Asks what there is to do.</summary>
    /// <returns>The terms of the run that is going, or why there is none.</returns>
    Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken);

    /// <summary>
    /// Tells what was committed since the last report that was answered, and asks for splits. Asked every second as a sign of life,
    /// and whenever the worker has room for another split.
    /// </summary>
    Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken);
}
