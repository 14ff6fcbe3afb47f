using System.Globalization;
using Recon.Dataflow.Text;
using Recon.Postgres.Push;

namespace Recon.Push.Outcomes;

/// <summary>What became of plans as CSV: one line per change, safe for spreadsheets, see <see cref="CsvCell"/>.</summary>
internal static class OutcomeCsv
{
    private static readonly string[] s_columns =
    [
        "plan", "pipeline", "legacy_id", "object_type", "hubspot_id", "state", "property", "before", "planned", "sent", "seen", "written", "undone",
        "http_status", "category", "code", "message", "refused_property", "correlation_id", "changed_by", "merged_into", "sent_at", "answered_at",
    ];

    /// <returns>How many lines there are, without the header.</returns>
    public static async Task<long> WriteAsync(TextWriter writer, IAsyncEnumerable<OutcomeLine> lines, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(CsvCell.Line(s_columns));
        long count = 0;
        await foreach (OutcomeLine line in lines.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync(Line(line));
            count++;
        }

        return count;
    }

    private static string Line(OutcomeLine line) => CsvCell.Line(
        line.Plan.ToString(),
        line.Pipeline,
        line.LegacyId,
        line.ObjectType,
        line.HubspotId.ToString(CultureInfo.InvariantCulture),
        PushStates.TextOf(line.State),
        line.Property,
        line.Before,
        line.Planned,
        line.IsSent ? "yes" : "no",
        line.Seen,
        line.Written,
        line.IsUndoing ? "yes" : "no",
        line.HttpStatus?.ToString(CultureInfo.InvariantCulture),
        line.Category,
        line.Code,
        line.Message,
        line.Refused,
        line.CorrelationId,
        line.ChangedBy,
        line.MergedInto,
        At(line.SentAt),
        At(line.AnsweredAt));

    private static string? At(DateTime? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
