using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Postgres.Push;
using Recon.Push.Running;
using Recon.Push.Verifying;

namespace Recon.Cli.Rendering;

/// <summary>What <c>recon push --json</c> prints.</summary>
/// <param name="Planned">The sum of the states, and of those that wait.</param>
internal sealed record PushDocument(
    string Plan,
    long Planned,
    long Written,
    long Refused,
    long Stale,
    long Owned,
    long Merged,
    long Missing,
    long Uncertain,
    long Calls,
    double Seconds)
{
    /// <summary>Records that are approved and were not sent yet.</summary>
    public long Waiting { get; init; }

    /// <summary>Records that are put back.</summary>
    public long Restored { get; init; }

    /// <summary>Records that were to be put back and are left as somebody changed them.</summary>
    public long Kept { get; init; }

    /// <summary>Records that nobody approved.</summary>
    public long Unapproved { get; init; }

    public long Rejected { get; init; }

    public long FailedCalls { get; init; }

    /// <summary>Associations by state.</summary>
    public IReadOnlyDictionary<string, long>? Associations { get; init; }

    public VerifiedDocument? Verified { get; init; }

    /// <summary>Why it ended before its end.</summary>
    public string? Stopped { get; init; }

    public static string Write(PushReport report) => JsonText.Of(Of(report), PushJson.Default.PushDocument);

    private static PushDocument Of(PushReport report) => new(
        report.Plan.Id.ToString(),
        report.Planned,
        report.Of(PushState.Written),
        report.Of(PushState.Refused),
        report.Of(PushState.Stale),
        report.Of(PushState.Owned),
        report.Of(PushState.Merged),
        report.Of(PushState.Missing),
        report.Of(PushState.Uncertain),
        report.Calls,
        Math.Round(report.Time.TotalSeconds, 3))
    {
        Waiting = report.Waiting,
        Restored = report.Of(PushState.Restored),
        Kept = report.Of(PushState.Kept),
        Unapproved = report.Of(PushState.Planned),
        Rejected = report.Of(PushState.Rejected),
        FailedCalls = report.FailedCalls,
        Associations = report.Links.Count == 0
            ? null
            : JsonText.Object(report.Links.OrderBy(state => state.Key).Select(state => KeyValuePair.Create(PushStates.TextOf(state.Key), state.Value))),
        Verified = report.Verification is { } verification ? VerifiedDocument.Of(verification) : null,
        Stopped = report.Stop?.Message,
    };
}

/// <summary>What reading back found.</summary>
internal sealed record VerifiedDocument(long Read, long Changed, long Gone, long Unread, IReadOnlyList<ChangedValue> Values)
{
    public static VerifiedDocument Of(VerificationResult result) => new(result.Read, result.Changed, result.Gone, result.Unread, result.Samples);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PushDocument))]
internal sealed partial class PushJson : JsonSerializerContext;
