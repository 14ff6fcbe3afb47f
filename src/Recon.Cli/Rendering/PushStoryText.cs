using System.Globalization;
using Recon.Dataflow.Text;
using Recon.Postgres.Push;
using Recon.Push.Outcomes;

namespace Recon.Cli.Rendering;

/// <summary>What plans did to one record, as people read it.</summary>
internal static class PushStoryText
{
    private const int MostOfCell = 60;

    /// <param name="changes">Empty where no plan holds the record: then there is no text.</param>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for whole tables.</param>
    public static string Draw(IReadOnlyList<RecordChange> changes, int? width) => changes.Count == 0 ? ""
        : "\nPlans, the latest first\n" + TextTable.Draw(
            width,
            ["plan", "property", "~planned", "/approval", "state", "/HubSpot held", "/HubSpot answered", "/sent at (UTC)"],
            [
                .. changes.Select(change => (string[])[
                    change.Plan.Id.ToString(),
                    change.Outcome.Property,
                    $"{Cell(change.Outcome.Before)} → {Cell(change.Outcome.Planned)}",
                    change.Word is { } word ? $"{(word.Wish.IsApproved ? "approved" : "rejected")} by {word.By}, {At(word.At.UtcDateTime)}{(word.Reason is null ? "" : $": {word.Reason}")}" : "",
                    PushStates.TextOf(change.Outcome.State),
                    change.Outcome.SentAt is null && change.Outcome.Seen is null ? "" : change.Outcome.IsLink ? "" : Cell(change.Outcome.Seen),
                    Answer(change.Outcome),
                    change.Outcome.SentAt is { } sent ? At(sent) : ""]),
            ]);

    /// <summary>The same changes without values.</summary>
    public static IReadOnlyList<RecordChange> Masked(IReadOnlyList<RecordChange> changes) =>
    [
        .. changes.Select(change => change with
        {
            Outcome = change.Outcome with
            {
                Before = Mask.Of(change.Outcome.Before),
                Planned = change.Outcome.IsLink ? change.Outcome.Planned : Mask.Of(change.Outcome.Planned) ?? "",
                Seen = Mask.Of(change.Outcome.Seen),
                Written = Mask.Of(change.Outcome.Written),
                Message = Mask.Of(change.Outcome.Message),
            },
        }),
    ];

    private static string Answer(OutcomeLine line) => string.Join(
        ' ',
        new[]
        {
            line.Written is null ? null : Cell(line.Written),
            line.HttpStatus?.ToString(CultureInfo.InvariantCulture),
            line.Category,
            line.Code,
            line.Message,
            line.ChangedBy is null ? null : $"changed by {line.ChangedBy}",
            line.MergedInto is null ? null : $"merged into {line.MergedInto}",
            line.CorrelationId is null ? null : $"(correlation {line.CorrelationId})",
        }.OfType<string>().Where(part => part.Length > 0));

    private static string Cell(string? value) => string.IsNullOrEmpty(value) ? "(nothing)" : TextTable.Cell(value, MostOfCell);

    private static string At(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
