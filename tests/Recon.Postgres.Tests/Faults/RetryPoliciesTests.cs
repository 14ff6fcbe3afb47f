using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Polly;
using Recon.Postgres.Faults;

namespace Recon.Postgres.Tests.Faults;

public sealed class RetryPoliciesTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<RetryNotice> _notices = [];
    private int _calls;

    [Theory]
    [InlineData("57P01")]
    [InlineData("57P03")]
    [InlineData("40001")]
    [InlineData("40P01")]
    [InlineData("55P03")]
    [InlineData("53300")]
    [InlineData("25P03")]
    [InlineData("25P04")]
    [InlineData("57P05")]
    [InlineData("XX000")]
    [InlineData("25006")]
    public async Task Batches_AllowedState_IsRetriedUntilItPasses(string state)
    {
        await RunAsync(RetryPolicies.Batches(Settings(), "s", _clock), () => _calls == 3 ? null : Server(state));
        Assert.Equal((3, 2), (_calls, _notices.Count));
    }

    [Theory]
    [InlineData("53100")]
    [InlineData("53400")]
    [InlineData("22021")]
    [InlineData("28P01")]
    [InlineData("08P01")]
    [InlineData("23505")]
    [InlineData("42P01")]
    [InlineData("57P04")]
    [InlineData("58030")]
    [InlineData("XX001")]
    [InlineData("26000")]
    public async Task BothPolicies_OtherState_IsNotRetried(string state)
    {
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(RetryPolicies.Batches(Settings(), "s", _clock), () => Server(state)));
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(RetryPolicies.Reads(Settings(), "s", _clock), () => Server(state)));
        Assert.Equal(2, _calls);
    }

    /// <summary>Messages that PgBouncer makes up while its server is restarted; the code is that of a protocol violation.</summary>
    [Theory]
    [InlineData("server conn crashed?")]
    [InlineData("server login has been failing, try again later (server_login_retry)")]
    [InlineData("query_wait_timeout")]
    public async Task BothPolicies_ErrorOfPgBouncer_IsRetriedUntilItPasses(string text)
    {
        var ofPooler = new PostgresException(text, "FATAL", "FATAL", "08P01");
        await RunAsync(RetryPolicies.Batches(Settings(), "s", _clock), () => _calls == 3 ? null : ofPooler);
        await RunAsync(RetryPolicies.Reads(Settings(), "s", _clock), () => _calls == 6 ? null : ofPooler);
        Assert.Equal(6, _calls);
    }

    [Fact]
    public async Task Reads_LostConnectionAndTimeout_AreRetried()
    {
        Exception[] failures = [new NpgsqlException("x", new IOException("y")), new NpgsqlException("x", new TimeoutException())];
        await RunAsync(RetryPolicies.Reads(Settings(), "s", _clock), () => failures.ElementAtOrDefault(_calls - 1));
        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task BothPolicies_Cancellation_IsNotRetried()
    {
        foreach (ResiliencePipeline pipeline in (ResiliencePipeline[])[RetryPolicies.Reads(Settings(), "s", _clock), RetryPolicies.Batches(Settings(), "s", _clock)])
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(pipeline, () => new OperationCanceledException()));
        }

        Assert.Equal(2, _calls);
    }

    [Fact]
    public async Task Batches_AlwaysFailing_StopsAfterTheAttempts()
    {
        RetrySettings settings = Settings() with { MaxRetries = 4, Budget = TimeSpan.FromHours(1) };
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(RetryPolicies.Batches(settings, "s", _clock), () => Server("57P01")));
        Assert.Equal(5, _calls);
        Assert.Equal([1, 2, 3, 4], _notices.Select(notice => notice.Attempt));
    }

    [Fact]
    public async Task Batches_BudgetUsedUp_StopsBeforeTheAttempts()
    {
        RetrySettings settings = Settings() with { MaxRetries = 100, Budget = TimeSpan.FromSeconds(30), MaxDelay = TimeSpan.FromSeconds(10) };
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(RetryPolicies.Batches(settings, "s", _clock), () => Server("57P01")));
        Assert.InRange(_calls, 3, 60);
    }

    [Fact]
    public async Task Batches_ManyRetries_NeverWaitLongerThanTheCeiling()
    {
        RetrySettings settings = Settings() with { MaxRetries = 30, Budget = TimeSpan.FromHours(1), MaxDelay = TimeSpan.FromSeconds(3) };
        await Assert.ThrowsAsync<PostgresException>(() => RunAsync(RetryPolicies.Batches(settings, "s", _clock), () => Server("57P01")));
        Assert.All(_notices, notice => Assert.InRange(notice.Delay, TimeSpan.Zero, TimeSpan.FromSeconds(3)));
        Assert.True(_notices.Select(notice => notice.Delay).Distinct().Count() > 2);
    }

    private static PostgresException Server(string state) => new("m", "ERROR", "ERROR", state, routine: "errfinish");

    private RetrySettings Settings() => new() { OnRetry = _notices.Add };

    private async Task RunAsync(ResiliencePipeline pipeline, Func<Exception?> fail)
    {
        Task run = pipeline.ExecuteAsync(
            _ =>
            {
                _calls++;
                return fail() is { } failure ? ValueTask.FromException(failure) : ValueTask.CompletedTask;
            },
            CancellationToken.None).AsTask();
        while (!run.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(250));
            await Task.Yield();
        }

        await run;
    }
}
