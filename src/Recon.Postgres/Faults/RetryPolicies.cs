using Npgsql;
using Polly;
using Polly.Retry;

namespace Recon.Postgres.Faults;

/// <summary>How often, how long and how patiently something is tried again.</summary>
internal sealed record RetrySettings
{
    /// <summary>Tries after the first one.</summary>
    /// <value>0 (none) to 100. Default: 8.</value>
    public int MaxRetries { get; init; } = 8;

    /// <summary>The median wait before the first retry; it doubles, with jitter. Default: 200 ms.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between two tries. Default: 15 seconds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The time since the first failure after which no retry starts. Default: 2 minutes.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Receives each retry, before its wait: for the log and the metrics.</summary>
    public Action<RetryNotice>? OnRetry { get; init; }
}

internal readonly record struct RetryNotice(int Attempt, TimeSpan Delay, Fault Fault);

/// <summary>The retry pipelines. Never nest them: a batch is retried as a whole, or a read is, not both.</summary>
internal static class RetryPolicies
{
    private static readonly ResiliencePropertyKey<long> s_firstFailure = new("recon.first-failure");

    /// <summary>
    /// For reads, which can be repeated freely: whatever may pass by itself, time-outs and lost connections included.
    /// </summary>
    public static ResiliencePipeline Reads(RetrySettings settings, string server, TimeProvider clock)
        => Build(settings, server, clock, FaultPhase.Command, (exception, fault) => fault.Kind switch
        {
            FaultKind.Transient or FaultKind.UnknownCommit or FaultKind.ReadOnly => true,
            FaultKind.Bug => exception is NpgsqlException { IsTransient: true },
            _ => false,
        });

    /// <summary>
    /// For whole batches, whose first statement claims the ledger entry: the allow-list of
    /// <see cref="FaultKind.Transient"/>, <see cref="FaultKind.UnknownCommit"/> and <see cref="FaultKind.ReadOnly"/>.
    /// </summary>
    public static ResiliencePipeline Batches(RetrySettings settings, string server, TimeProvider clock)
        => Build(settings, server, clock, FaultPhase.Copy, (_, fault) =>
            fault.Kind is FaultKind.Transient or FaultKind.UnknownCommit or FaultKind.ReadOnly);

    private static ResiliencePipeline Build(
        RetrySettings settings, string server, TimeProvider clock, FaultPhase phase, Func<Exception, Fault, bool> mayRetry)
        => settings.MaxRetries == 0 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = settings.MaxRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = settings.Delay,
                MaxDelay = settings.MaxDelay,
                ShouldHandle = arguments => ValueTask.FromResult(
                    arguments.Outcome.Exception is { } exception
                    && mayRetry(exception, PostgresFaults.Classify(exception, server, phase))
                    && IsWithinBudget(arguments.Context, settings, clock)),
                OnRetry = arguments =>
                {
                    Fault fault = PostgresFaults.Classify(arguments.Outcome.Exception!, server, phase);
                    settings.OnRetry?.Invoke(new RetryNotice(arguments.AttemptNumber + 1, arguments.RetryDelay, fault));
                    return ValueTask.CompletedTask;
                },
            })
            .Build();

    private static bool IsWithinBudget(ResilienceContext context, RetrySettings settings, TimeProvider clock)
    {
        if (!context.Properties.TryGetValue(s_firstFailure, out long first))
        {
            context.Properties.Set(s_firstFailure, clock.GetTimestamp());
            return true;
        }

        return clock.GetElapsedTime(first) < settings.Budget;
    }
}
