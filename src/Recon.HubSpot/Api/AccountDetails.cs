using NodaTime;

namespace Recon.HubSpot.Api;

/// <summary>The account that a token belongs to.</summary>
/// <param name="TimeZone">Its zone in the tz database.</param>
internal sealed record AccountDetails(long PortalId, string? TimeZone)
{
    /// <summary>When the day ends after which calls are counted anew; <see langword="null"/> for a zone that is not known.</summary>
    public DateTimeOffset? DayEndsAfter(DateTimeOffset now)
    {
        DateTimeZone? zone = TimeZone is null ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(TimeZone);
        return zone?.AtStartOfDay(Instant.FromDateTimeOffset(now).InZone(zone).Date.PlusDays(1)).ToDateTimeOffset();
    }
}

/// <summary>What a token may do.</summary>
internal sealed record TokenInfo(IReadOnlyList<string> Scopes);
