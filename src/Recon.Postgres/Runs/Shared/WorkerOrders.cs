namespace Recon.Postgres.Runs.Shared;

/// <summary>The answer to a report.</summary>
/// <param name="Tickets">Splits to do: those that did not arrive before, and at most as many more as were wanted.</param>
/// <param name="Revoked">Splits of this worker that others do now: what is not committed of them is to be dropped.</param>
internal sealed record WorkerOrders(OrderState State, IReadOnlyList<SplitTicket> Tickets, IReadOnlyList<SplitMark> Revoked)
{
    public static WorkerOrders Of(OrderState state) => new(state, [], []);
}

internal enum OrderState
{
    /// <summary>Go on; ask again for more.</summary>
    GoOn,

    /// <summary>The coordinator does not know this worker or this epoch: drop what is not committed, and join again.</summary>
    Rejoin,

    /// <summary>No split of this pipeline is left: wait for what comes next by joining again.</summary>
    Done,

    /// <summary>The job has ended.</summary>
    Ended,
}
