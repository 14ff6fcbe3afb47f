namespace Recon.HubSpot.Api;

/// <summary>A value that a property had.</summary>
/// <param name="Timestamp">Since when; <see langword="null"/> where the answer holds no time that can be read.</param>
/// <param name="SourceType">Such as CRM_UI for a person, API, INTEGRATION, WORKFLOWS.</param>
internal sealed record HistoryItem(
    string? Value, DateTimeOffset? Timestamp, string? SourceType, string? SourceId, string? SourceLabel, string? UserId);

/// <summary>A record as HubSpot holds it.</summary>
/// <param name="Properties">By name; <see langword="null"/> or empty: it has none.</param>
/// <param name="History">By name, newest first; empty when it was not asked for.</param>
internal sealed record LiveRecord(
    string Id, IReadOnlyDictionary<string, string?> Properties, IReadOnlyDictionary<string, IReadOnlyList<HistoryItem>> History);

/// <summary>The records that were there.</summary>
/// <param name="Found">By the id that was asked for. What is neither here nor in <paramref name="Failed"/> HubSpot left out: merged, archived or unknown.</param>
/// <param name="Failed">By id, what HubSpot would not tell for another reason than that it is not there.</param>
/// <param name="NotThere">The ids of which HubSpot says that it has no such record. What it leaves out without a word may be merged, or forgotten.</param>
internal sealed record ReadAnswer(
    IReadOnlyDictionary<string, LiveRecord> Found, IReadOnlyDictionary<string, ApiError> Failed, IReadOnlySet<string> NotThere);
