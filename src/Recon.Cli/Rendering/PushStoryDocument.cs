using System.Globalization;
using Recon.Postgres.Push;
using Recon.Push.Outcomes;

namespace Recon.Cli.Rendering;

/// <summary>What one plan wanted of one property of a record, and what became of it, for scripts.</summary>
/// <param name="Approved">Whether it was approved or rejected; <see langword="null"/> where nobody spoke of it.</param>
internal sealed record PushStoryDocument(
    Guid Plan,
    string Property,
    string? Before,
    string Planned,
    bool? Approved,
    string? ApprovedBy,
    string? ApprovedAt,
    string? Reason,
    string State,
    bool Sent,
    bool Undone,
    string? Seen,
    string? Written,
    int? HttpStatus,
    string? Category,
    string? Code,
    string? Message,
    string? CorrelationId,
    string? ChangedBy,
    string? MergedInto,
    string? SentAt)
{
    public static PushStoryDocument Of(RecordChange change) => new(
        change.Plan.Id,
        change.Outcome.Property,
        change.Outcome.Before,
        change.Outcome.Planned,
        change.Word?.Wish.IsApproved,
        change.Word?.By,
        At(change.Word?.At.UtcDateTime),
        change.Word?.Reason,
        PushStates.TextOf(change.Outcome.State),
        change.Outcome.IsSent,
        change.Outcome.IsUndoing,
        change.Outcome.Seen,
        change.Outcome.Written,
        change.Outcome.HttpStatus,
        change.Outcome.Category,
        change.Outcome.Code,
        change.Outcome.Message,
        change.Outcome.CorrelationId,
        change.Outcome.ChangedBy,
        change.Outcome.MergedInto,
        At(change.Outcome.SentAt));

    private static string? At(DateTime? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
