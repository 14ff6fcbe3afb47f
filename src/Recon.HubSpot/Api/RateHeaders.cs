using System.Globalization;
using System.Net.Http.Headers;

namespace Recon.HubSpot.Api;

/// <summary>Reads what the headers of an answer tell about the limits.</summary>
internal static class RateHeaders
{
    private const string Prefix = "X-HubSpot-RateLimit-";

    public static RateState Read(HttpResponseHeaders headers, DateTimeOffset now) => new(
        now,
        (int?)Number(headers, "Max"),
        (int?)Number(headers, "Remaining"),
        Number(headers, "Interval-Milliseconds") is { } interval and > 0 ? TimeSpan.FromMilliseconds(interval) : null,
        Number(headers, "Daily"),
        Number(headers, "Daily-Remaining"));

    /// <summary>How long the answer asks to wait: seconds, or until a date.</summary>
    public static TimeSpan? RetryAfter(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };

    private static long? Number(HttpResponseHeaders headers, string name)
        => headers.TryGetValues(Prefix + name, out IEnumerable<string>? values)
            && long.TryParse(values.FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= int.MaxValue
                ? number
                : null;
}
