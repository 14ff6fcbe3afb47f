using Microsoft.Extensions.Time.Testing;
using Recon.Postgres.Queries.Review;

namespace Recon.Postgres.Tests.Queries.Review;

/// <summary>What many wait for is done once, and not for nobody.</summary>
public sealed class SharedWorkTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_ManyWait_IsDoneOnce()
    {
        var shared = new SharedWork<int>(WorkAsync, _clock);
        Task<int>[] waiting = [.. Enumerable.Range(0, 10).Select(_ => shared.WaitAsync(Token))];
        _answer.SetResult(7);

        Assert.All(await Task.WhenAll(waiting), each => Assert.Equal(7, each));
        Assert.Equal(1, _begun);
        Assert.Equal(7, await shared.WaitAsync(Token));
        Assert.Equal(2, _begun);
    }

    [Fact]
    public async Task Work_TheLastWhoWaitsLeaves_IsEndedAfterAWhile()
    {
        var shared = new SharedWork<int>(WorkAsync, _clock);
        using var first = new CancellationTokenSource();
        using var last = new CancellationTokenSource();
        Task<int> one = shared.WaitAsync(first.Token);
        Task<int> other = shared.WaitAsync(last.Token);

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        _clock.Advance(2 * SharedWork<int>.Grace);
        Assert.False(_ended.Task.IsCompleted);

        await last.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        Assert.False(_ended.Task.IsCompleted);
        _clock.Advance(2 * SharedWork<int>.Grace);
        await _ended.Task.WaitAsync(Token);
    }

    [Fact]
    public async Task Work_SomebodyAsksAgainSoon_GoesOn()
    {
        var shared = new SharedWork<int>(WorkAsync, _clock);
        using var leaving = new CancellationTokenSource();
        Task<int> gone = shared.WaitAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        Task<int> again = shared.WaitAsync(Token);
        _clock.Advance(2 * SharedWork<int>.Grace);
        _answer.SetResult(7);

        Assert.Equal(7, await again);
        Assert.Equal(1, _begun);
    }

    private async Task<int> WorkAsync(CancellationToken token)
    {
        Interlocked.Increment(ref _begun);
        await using CancellationTokenRegistration registration = token.Register(() =>
        {
            _answer.TrySetCanceled(token);
            _ended.TrySetResult();
        });
        return await _answer.Task;
    }
}
