using System.Collections.Concurrent;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cli.Commands.Cluster;

/// <summary>Passes on what workers say, and knows from how many it heard lately, wherever they are.</summary>
internal sealed class HeardWorkers(IRunExchange run, TimeProvider clock) : IRunExchange
{
    /// <summary>How long a worker counts that says nothing, as for its splits.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, long> _heard = new(StringComparer.Ordinal);

    public int Alive => _heard.Values.Count(at => clock.GetElapsedTime(at) < Silence);

    public Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
    {
        Hear(worker.Name);
        return run.JoinAsync(worker, cancellationToken);
    }

    public Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
    {
        if (report.Leaves)
        {
            _heard.TryRemove(report.Worker, out _);
        }
        else
        {
            Hear(report.Worker);
        }

        return run.ReportAsync(report, cancellationToken);
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
