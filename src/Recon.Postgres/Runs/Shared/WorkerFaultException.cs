using Recon.Dataflow.Extract;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>Something broke in workers, not in one alone.</summary>
internal sealed class WorkerFaultException(string message) : Exception(message)
{
    /// <summary>The exception that the same fault is in a run without workers.</summary>
    public static Exception Of(WorkerFault fault) => fault.Kind switch
    {
        WorkerFaultKind.Input => new InputException(fault.Message),
        WorkerFaultKind.MixedInput => new InputException(fault.Message) { IsMixed = true },
        WorkerFaultKind.Mirror => new MirrorException(fault.Message),
        WorkerFaultKind.Staging => new StagingException(fault.Message),
        _ => new WorkerFaultException(fault.Message),
    };
}
