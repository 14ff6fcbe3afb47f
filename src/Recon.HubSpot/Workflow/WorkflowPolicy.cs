using System.Net;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Recon.HubSpot.Workflow;

/// <summary>How long the client waits between attempts.</summary>
internal sealed record WorkflowRetry
{
    /// <summary>The first wait, about; the next ones double, with jitter. Default: 1 second.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. A <c>Retry-After</c> beyond it ends the query. Default: 30 seconds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failures in a row (within 30 seconds) after which the service is left alone for 30 seconds. Default: 10.</summary>
    public int Breaker { get; init; } = 10;
}

/// <summary>The Polly pipeline: retry around circuit breaker around time-out.</summary>
internal static class WorkflowPolicy
{
    /// <summary>Whether trying again may help.</summary>
    public static bool IsTransient(HttpStatusCode status)
        => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    public static ResiliencePipeline<HttpResponseMessage> Build(
        WorkflowSettings settings, WorkflowRetry retry, TimeProvider clock, string server, ILogger logger)
    {
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock };
        if (settings.Retries > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                // A service that asks for more patience than there is gets none: its answer is the result.
                ShouldHandle = arguments => ValueTask.FromResult(
                    IsTransient(arguments.Outcome) && !(RetryAfter(arguments.Outcome.Result, clock) > retry.MaxDelay)),
                MaxRetryAttempts = settings.Retries,
                Delay = retry.Delay,
                MaxDelay = retry.MaxDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                DelayGenerator = arguments => ValueTask.FromResult(RetryAfter(arguments.Outcome.Result, clock)),
                OnRetry = arguments =>
                {
                    string why = arguments.Outcome.Result is { } response ? $"answered {(int)response.StatusCode}" : "did not answer";
                    logger.CallRetried(server, why, arguments.RetryDelay.TotalSeconds);
                    arguments.Outcome.Result?.Dispose();
                    return ValueTask.CompletedTask;
                },
            });
        }

        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = arguments => ValueTask.FromResult(IsTransient(arguments.Outcome)),
                FailureRatio = 1,
                MinimumThroughput = Math.Max(2, retry.Breaker),
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(30),
            })
            .AddTimeout(settings.Timeout)
            .Build();
    }

    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome.Exception switch
    {
        null => outcome.Result is { } response && IsTransient(response.StatusCode),
        HttpRequestException exception => exception.HttpRequestError != HttpRequestError.ConfigurationLimitExceeded,
        Exception exception => exception is TimeoutRejectedException,
    };

    // Both forms of the header: seconds, and a date.
    private static TimeSpan? RetryAfter(HttpResponseMessage? response, TimeProvider clock)
        => response?.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date > clock.GetUtcNow() ? date - clock.GetUtcNow() : TimeSpan.Zero,
            _ => null,
        };
}
