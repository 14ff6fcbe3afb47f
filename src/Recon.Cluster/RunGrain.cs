using System.Text.Json;
using Orleans;
using Orleans.Concurrency;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cluster;

/// <summary>Leads to the run of the process in which it is activated. It has no state: another one takes its place at any time.</summary>
[Reentrant]
[KeepAlive]
[CoordinatorPlacement]
internal sealed class RunGrain(ICoordinatorHost host) : Grain, IRunGrain
{
    public async Task<string> JoinAsync(string worker)
    {
        JoinReply reply = await Run().JoinAsync(JsonSerializer.Deserialize(worker, ExchangeJson.Default.WorkerCard)!, CancellationToken.None);
        return JsonSerializer.Serialize(reply, ExchangeJson.Default.JoinReply);
    }

    public async Task<string> ReportAsync(string report)
    {
        WorkerOrders orders = await Run().ReportAsync(JsonSerializer.Deserialize(report, ExchangeJson.Default.WorkerReport)!, CancellationToken.None);
        return JsonSerializer.Serialize(orders, ExchangeJson.Default.WorkerOrders);
    }

    private IRunExchange Run()
    {
        if (host.Coordinate() is { } run)
        {
            return run;
        }

        // The next question leads to the process that coordinates instead.
        DeactivateOnIdle();
        throw new InvalidOperationException("This process does not coordinate the job any more.");
    }
}
