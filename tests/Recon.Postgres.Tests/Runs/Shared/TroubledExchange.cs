using Recon.Postgres.Runs.Shared;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>A way to the coordinator that can be cut, and that loses questions and answers.</summary>
/// <param name="lost">Of how many questions one is lost on the way there, and another one's answer on the way back; 0 for none.</param>
internal sealed class TroubledExchange(IRunExchange inner, int lost = 0) : IRunExchange
{
    private int _questions;
    private volatile bool _isCut;

    /// <summary>Whether nothing passes.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    /// <summary>The last answer to a worker that let it join.</summary>
    public JoinReply? Joined { get; private set; }

    public async Task<JoinReply> JoinAsync(WorkerCard worker, CancellationToken cancellationToken)
    {
        JoinReply reply = await PassAsync(() => inner.JoinAsync(worker, cancellationToken));
        Joined = reply.State == JoinState.Join ? reply : Joined;
        return reply;
    }

    public Task<WorkerOrders> ReportAsync(WorkerReport report, CancellationToken cancellationToken)
        => PassAsync(() => inner.ReportAsync(report, cancellationToken));

    private async Task<T> PassAsync<T>(Func<Task<T>> ask)
    {
        int question = Interlocked.Increment(ref _questions);
        if (IsCut || (lost > 0 && question % lost == 0))
        {
            throw new ExchangeUnavailableException("The question was lost.");
        }

        T answer = await ask();
        return IsCut || (lost > 0 && question % lost == 1) ? throw new ExchangeUnavailableException("The answer was lost.") : answer;
    }
}
