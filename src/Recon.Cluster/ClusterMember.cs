using Recon.Postgres.Runs.Shared;

namespace Recon.Cluster;

/// <summary>
/// A process's part in the cluster of a job for as long as it wants to be there: when the others have given it up, because it was stopped or
/// its network was cut, it joins again as a new silo.
/// </summary>
internal sealed class ClusterMember : IRunExchange, IAsyncDisposable
{
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    private readonly ClusterSettings _options;
    private readonly ICoordinatorHost _host;
    private readonly CancellationTokenSource _leaves = new();
    private readonly Task _watch;
    private volatile ClusterNode? _node;

    private ClusterMember(ClusterSettings options, ICoordinatorHost host, ClusterNode node)
    {
        (_options, _host, _node) = (options, host, node);
        _watch = WatchAsync(node);
    }

    /// <summary>The silo that it is now; <see langword="null"/> while it is none.</summary>
    public string? Silo => _node?.Silo;

    /// <exception cref="ClusterException">The address cannot be listened on, or the others cannot be reached.</exception>
    public static async Task<ClusterMember> JoinAsync(ClusterSettings options, ICoordinatorHost host, CancellationToken cancellationToken)
    {
#pragma warning disable CA2000 // The member that is returned owns it.
        ClusterNode node = await ClusterNode.StartAsync(options, host, cancellationToken);
#pragma warning restore CA2000
        return new ClusterMember(options, host, node);
    }

    public Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken) => Exchange().JoinAsync(worker, cancellationToken);

    public Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken) => Exchange().ReportAsync(report, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_watch.IsCompleted && _leaves.IsCancellationRequested)
        {
            return;
        }

        await _leaves.CancelAsync();
        await _watch;
        if (_node is { } node)
        {
            await node.DisposeAsync();
        }
    }

    private IRunExchange Exchange() => _node?.Exchange ?? throw new ExchangeUnavailableException("This process is about to join the others again.");

    private async Task WatchAsync(ClusterNode? node)
    {
        while (!_leaves.IsCancellationRequested)
        {
            if (node is not null)
            {
                string? reason = await LostAsync(node);
                if (reason is null)
                {
                    return;
                }

                _options.Logger.GivenUp(reason);
                _node = null;
                await node.AbandonAsync();
            }

            node = await TryJoinAsync();
            _node = node;
        }
    }

    private async Task<string?> LostAsync(ClusterNode node)
    {
        try
        {
            return await node.Lost.WaitAsync(_leaves.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task<ClusterNode?> TryJoinAsync()
    {
        try
        {
            return await ClusterNode.StartAsync(_options, _host, _leaves.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (ClusterException exception)
        {
            _options.Logger.JoiningFailed(exception.Message);
            await Task.Delay(s_again, _options.Clock, _leaves.Token).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return null;
        }
    }
}
