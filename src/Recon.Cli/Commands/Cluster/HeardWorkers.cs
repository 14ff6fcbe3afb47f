using System.Collections.Concurrent;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Commands.Cluster;

/// <summary>Passes on what workers say, and knows of how many it heard lately that have not been told yet to leave.</summary>
internal sealed class HeardWorkers(IRunExchange run, TimeProvider clock) : IRunExchange
{
    /// <summary>How long a worker counts that says nothing, as for its splits.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, long> _heard = new(StringComparer.Ordinal);

    public int Alive => _heard.Values.Count(at => clock.GetElapsedTime(at) < Silence);

    public async Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
    {
        Hear(worker.Name);
        JoinReply reply = await run.JoinAsync(worker, cancellationToken);
        Forget(worker.Name, reply.State is JoinState.Ended or JoinState.Refused);
        return reply;
    }

    public async Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
    {
        Hear(report.Worker);
        WorkerOrders orders = await run.ReportAsync(report, cancellationToken);
        Forget(report.Worker, report.Leaves || orders.State == OrderState.Ended);
        return orders;
    }

    private void Forget(string worker, bool leaves)
    {
        if (leaves)
        {
            _heard.TryRemove(worker, out _);
        }
    }

    private void Hear(string worker)
    {
        if (!_heard.TryAdd(worker, clock.GetTimestamp()))
        {
            _heard[worker] = clock.GetTimestamp();
            return;
        }

        foreach ((string other, long at) in _heard)
        {
            if (clock.GetElapsedTime(at) >= Silence)
            {
                _heard.TryRemove(other, out _);
            }
        }
    }
}
