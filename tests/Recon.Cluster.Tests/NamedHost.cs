using Recon.Postgres.Runs.Shared;

namespace Recon.Cluster.Tests;

/// <summary>A process that refuses all workers in its own name.</summary>
internal sealed class NamedHost(string name, Func<string?> coordinator) : ICoordinatorHost, IRunExchange
{
    /// <summary>The longest report that was told.</summary>
    public int Longest { get; private set; }

    public IRunExchange? Coordinate() => this;

    public Task<string?> CoordinatorAsync() => Task.FromResult(coordinator());

    public Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
        => Task.FromResult(new JoinReply(JoinState.Refused, Message: $"{worker.Name} at {name}"));

    public Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
    {
        Longest = Math.Max(Longest, report.Committed.Count);
        return Task.FromResult(WorkerOrders.Of(OrderState.GoOn));
    }
}
