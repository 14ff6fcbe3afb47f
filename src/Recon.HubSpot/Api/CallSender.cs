using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Recon.Dataflow.Telemetry;

namespace Recon.HubSpot.Api;

/// <summary>
/// Sends calls: waits for room, waits again when HubSpot asks for it, and repeats what can be repeated. A write whose
/// fate is not known is never sent again.
/// </summary>
internal sealed class CallSender(
    HubspotSettings settings, HubspotConnection connection, ICallBucket bucket, TimeProvider clock, ILogger logger, PushMetrics? metrics)
{
    /// <summary>The account, once it is known: it says when a day ends.</summary>
    public AccountDetails? Account { get; set; }

    /// <summary>The calls that the day still has, as HubSpot told last; unknown before it did.</summary>
    public long? DailyRemaining { get; private set; }

    /// <exception cref="DeniedException">401 or 403.</exception>
    /// <exception cref="DailyLimitException">429 for the day.</exception>
    /// <exception cref="StoppedException">Somebody asked that all calls stop.</exception>
    public async Task<CallResult> SendAsync(ApiCall call, CancellationToken cancellationToken)
    {
        var patience = new Patience();
        while (true)
        {
            await bucket.TakeAsync(cancellationToken);
            Attempt attempt = await connection.TryAsync(call, cancellationToken);
            metrics?.Called(StatusOf(attempt));
            if (IsFailure(call, attempt))
            {
                bucket.Failed();
            }

            if (attempt is Attempt.Answered { Rate: { IsEmpty: false } rate })
            {
                await bucket.ObserveAsync(rate, cancellationToken);
                metrics?.Remaining(rate.DailyRemaining);
                DailyRemaining = rate.DailyRemaining ?? DailyRemaining;
            }

            if (Judge(call, attempt) is { } result)
            {
                return result;
            }

            (Delay delay, string why, int status, TimeSpan? asked) = WhyWait(attempt);
            if (patience.Next(delay, asked) is not { } wait)
            {
                return delay == Delay.Broken
                    ? new CallResult.Lost(status, null, why)
                    : new CallResult.NotSent(status, asked > Patience.Longest ? $"{why} and asked to come back in {asked.Value.TotalMinutes:0} minutes" : why);
            }

            logger.CallPutOff(call.Name, why, wait.TotalSeconds);
            if (delay is Delay.Limited or Delay.Moving)
            {
                await bucket.ObserveAsync(new RateState(clock.GetUtcNow(), PauseUntil: clock.GetUtcNow() + wait), cancellationToken);
            }

            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    /// <summary>The end of the call, unless it has to wait and be sent again.</summary>
    private CallResult? Judge(ApiCall call, Attempt attempt)
    {
        switch (attempt)
        {
            case Attempt.TooLarge when call.Repeats:
                return new CallResult.TooLarge();
            case Attempt.TooLarge:
                return Lost(call, 0, null, $"got an answer of more than {HubspotConnection.MaxAnswerBytes / 1024 / 1024} MiB");
            case Attempt.Failed { Sent: true } failed when !call.Repeats:
                return Lost(call, 0, null, failed.Why);
            case Attempt.Answered answer:
                return Judge(call, answer, AnswerBody.Parse(answer.Body));
            default:
                return null;
        }
    }

    private CallResult? Judge(ApiCall call, Attempt.Answered answer, JsonElement? body)
    {
        string? correlation = body?.Text("correlationId") ?? answer.CorrelationId;
        switch (answer.Status)
        {
            case 401 or 403:
                throw Denials.Explain(settings, call, answer.Status, body ?? default);
            case 429 when Limits.IsDaily(answer, body ?? default):
                throw Limits.DayIsOver(call, Account, answer, clock.GetUtcNow());
            case 423 or 429 or 477:
                return null;
            case >= 300 and < 400:
                throw new HubspotException(HubspotFault.Refused, $"{settings.Base.Authority} redirects {call.Name} ({answer.Status}), which is not followed because of the token. Correct \"hubspot.base\".");
            case 408 or >= 500:
                return call.Repeats ? null : Lost(call, answer.Status, correlation, $"was answered {answer.Status}");
            case >= 200 and < 300 when body is null:
                return call.Repeats ? null : Lost(call, answer.Status, correlation, $"was answered {answer.Status} with {answer.Body.Length} bytes that are no JSON");
            default:
                return new CallResult.Answered(answer.Status, correlation, body ?? default);
        }
    }

    private CallResult.Lost Lost(ApiCall call, int status, string? correlation, string why)
    {
        logger.AnswerLost(call.Name, why, status, correlation);
        return new CallResult.Lost(status, correlation, why);
    }

    private static (Delay Delay, string Why, int Status, TimeSpan? Asked) WhyWait(Attempt attempt) => attempt switch
    {
        Attempt.Answered { Status: 429 } limited => (Delay.Limited, "was answered 429, too many calls", 429, limited.RetryAfter ?? limited.Rate.Interval),
        Attempt.Answered { Status: 423 } locked => (Delay.Locked, "was answered 423, locked by other writes", 423, locked.RetryAfter),
        Attempt.Answered { Status: 477 } moving => (Delay.Moving, "was answered 477, the account is being moved", 477, moving.RetryAfter),
        Attempt.Answered broken => (Delay.Broken, $"was answered {broken.Status}", broken.Status, broken.RetryAfter),
        Attempt.Failed { Sent: false } unsent => (Delay.Unsent, unsent.Why, 0, null),
        Attempt.Failed failed => (Delay.Broken, failed.Why, 0, null),
        _ => throw new InvalidOperationException(attempt.ToString()),
    };

    // To be told to wait is no failure, and neither is to be told that there is no such thing; what never left was no call.
    private static bool IsFailure(ApiCall call, Attempt attempt)
        => attempt is Attempt.Failed { Sent: true } or Attempt.Answered { Status: >= 400 and not (423 or 429 or 477) }
            && !(call.Repeats && attempt is Attempt.Answered { Status: 404 });

    private static string StatusOf(Attempt attempt) => attempt switch
    {
        Attempt.Answered answer => answer.Status.ToString(CultureInfo.InvariantCulture),
        Attempt.Failed { Sent: false } => "unsent",
        _ => "lost",
    };
}
