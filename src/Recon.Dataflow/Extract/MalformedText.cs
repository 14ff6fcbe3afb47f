using System.Text;
using CsvHelper;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Extract;

/// <summary>What rejects say: reason, message and the raw text. Messages hold no value of the record.</summary>
internal static class MalformedText
{
    /// <summary>The reason code and message of a line that cannot be read.</summary>
    /// <param name="problem">What CsvHelper found first; <see langword="null"/> when the record is too long.</param>
    /// <param name="onFirstLine">Whether that is on the line that is rejected.</param>
    public static (string Reason, string Message) Describe(
        CsvMalformedReason? problem, long offset, bool onFirstLine, int maxRecordBytes)
    {
        return problem switch
        {
            null => (RejectReasons.RecordTooLong, $"The record is longer than {maxRecordBytes} bytes; a quote may not be "
                + "closed. Only this line is rejected. If the record is good, raise \"maxRecordBytes\"."),
            CsvMalformedReason.StrayQuote => (RejectReasons.StrayQuote,
                $"There is a quote inside an unquoted field, at byte {offset}. Quote the field and double the quote."),
            CsvMalformedReason.TextAfterClosingQuote when onFirstLine => (RejectReasons.TextAfterQuote,
                $"Text follows the closing quote of a field, at byte {offset}. A quote inside a quoted field has to be doubled."),
            CsvMalformedReason.TextAfterClosingQuote => (RejectReasons.UnterminatedQuote,
                "A quoted field opens on this line and is not closed properly: the next quote, at byte "
                + $"{offset}, is followed by text. Only this line is rejected."),
            _ => (RejectReasons.UnterminatedQuote,
                "A quoted field opens on this line and is never closed. Only this line is rejected."),
        };
    }

    /// <summary>The text of a record as rejects keep it. A cut never parts a character.</summary>
    /// <param name="most">Most bytes to keep: of a line that is too long, more may not be in memory.</param>
    public static string Cut(ReadOnlySpan<byte> raw, int most = int.MaxValue)
    {
        if (raw.Length > most)
        {
            while ((raw[most] & 0xC0) == 0x80)
            {
                most--;
            }

            raw = raw[..most];
        }

        const int Most = RejectReasons.MaxRawLength;
        string text = Encoding.UTF8.GetString(raw.Length > Most * 3 ? raw[..(Most * 3)] : raw);
        return text.Length <= Most ? text : text[..(char.IsHighSurrogate(text[Most - 1]) ? Most - 1 : Most)];
    }
}
