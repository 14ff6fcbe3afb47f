using System.Globalization;
using Recon.HubSpot.Api;

namespace Recon.Push.Judging;

/// <summary>Who last changed a value, as HubSpot's history tells it.</summary>
internal static class Author
{
    /// <summary>The source of what a person typed into HubSpot's pages.</summary>
    public const string Person = "CRM_UI";

    /// <returns>Such as <c>CRM_UI, user 12345, 2026-11-27T10:00:00Z</c>; <see langword="null"/> where the record was read without history.</returns>
    public static string? Of(LiveRecord live, string property)
        => live.History.GetValueOrDefault(property) is [{ } last, ..]
            ? string.Join(", ", ((string?[])
            [
                last.SourceType,
                string.IsNullOrEmpty(last.SourceLabel) ? null : last.SourceLabel,
                string.IsNullOrEmpty(last.UserId) ? null : $"user {last.UserId}",
                last.Timestamp?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ]).OfType<string>())
            : null;
}
