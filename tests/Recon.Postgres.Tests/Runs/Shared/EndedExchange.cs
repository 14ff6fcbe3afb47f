using Recon.Postgres.Runs.Shared;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>A way to a coordinator that lets a worker join once, and then says that nothing is left.</summary>
internal sealed class EndedExchange(JoinReply first) : IRunExchange
{
    private int _joins;

    public Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
        => Task.FromResult(_joins++ == 0 ? first : new JoinReply(JoinState.Ended));

    public Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
        => Task.FromResult(WorkerOrders.Of(OrderState.Done));
}
