using System.Globalization;
using System.Text.Json;

namespace Recon.HubSpot.Api;

/// <summary>Tells the two kinds of 429 apart.</summary>
internal static class Limits
{
    /// <summary>Whether the calls of the day are used up: the policy says so, or the headers when there is none.</summary>
    public static bool IsDaily(Attempt.Answered answer, JsonElement body)
        => body.Text("policyName") is { } policy ? policy == "DAILY" : answer.Rate is { DailyRemaining: 0, Remaining: not 0 };

    /// <param name="account">The account, if it is known.</param>
    public static DailyLimitException DayIsOver(ApiCall call, AccountDetails? account, Attempt.Answered answer, DateTimeOffset now)
    {
        DateTimeOffset? ends = account?.DayEndsAfter(now) ?? (answer.RetryAfter is { } wait ? now + wait : null);
        string when = ends is null
            ? "The day ends at midnight in the account's time zone"
            : $"The day ends at {ends.Value.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture)}";
        return new DailyLimitException($"HubSpot refused {call.Name}: the calls that the account has for one day are used up. {when}; go on then with \"--resume\".", ends);
    }
}
