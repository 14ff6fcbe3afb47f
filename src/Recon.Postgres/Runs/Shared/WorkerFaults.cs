using Recon.Dataflow.Extract;
using Recon.Dataflow.Topology;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs.Shared;

/// <summary>Tells what of a worker's failures ends the run.</summary>
internal static class WorkerFaults
{
    /// <summary>What was thrown inside of a block, or elsewhere.</summary>
    public static Exception CauseOf(Exception failure) => failure is GraphFaultException { InnerException: { } inner } ? inner : failure;

    /// <summary>Whether a failure is one of the way to the server, or passes by itself: other workers may have none of it.</summary>
    public static bool MayPass(Exception failure, string server)
        => PostgresFaults.Classify(failure, server, FaultPhase.Command).Kind is FaultKind.Transient or FaultKind.UnknownCommit or FaultKind.ReadOnly;

    /// <summary>The failure as a run without workers would tell it.</summary>
    public static WorkerFault Of(Exception failure, string server)
    {
        Exception cause = CauseOf(failure);
        return cause switch
        {
            InputException input => new(input.IsMixed ? WorkerFaultKind.MixedInput : WorkerFaultKind.Input, input.Message),
            MirrorException => new(WorkerFaultKind.Mirror, cause.Message),
            StagingException => new(WorkerFaultKind.Staging, cause.Message),
            RowAccountException => new(WorkerFaultKind.Other, cause.Message),
            _ => new(WorkerFaultKind.Other, PostgresFaults.Classify(failure, server, FaultPhase.Command).Message),
        };
    }
}
