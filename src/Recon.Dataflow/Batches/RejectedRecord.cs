namespace Recon.Dataflow.Batches;

/// <summary>A record that was not reconciled, with everything that is needed to find and fix it.</summary>
/// <param name="Line">The line of the input on which the record starts, from 1.</param>
/// <param name="ByteOffset">Where the record starts, in bytes of the input as UTF-8, from 0.</param>
/// <param name="Column">The column at fault, or <see langword="null"/> when it is the whole record.</param>
/// <param name="Message">What is wrong and what to do, for people; holds no value of the record.</param>
/// <param name="Raw">The record as it stands in the input, cut at <see cref="RejectReasons.MaxRawLength"/> characters.</param>
internal sealed record RejectedRecord(
    long Line, long ByteOffset, string? Column, string Reason, string Message, string Raw);

/// <summary>The codes of <see cref="RejectedRecord.Reason"/>. They are a contract: scripts select by them.</summary>
internal static class RejectReasons
{
    /// <summary>Most characters of a record that are kept in a reject.</summary>
    public const int MaxRawLength = 65_536;

    /// <summary>A quote inside an unquoted field.</summary>
    public const string StrayQuote = "stray-quote";

    /// <summary>Text after the closing quote of a field.</summary>
    public const string TextAfterQuote = "text-after-quote";

    /// <summary>A quoted field that the input never closes.</summary>
    public const string UnterminatedQuote = "unterminated-quote";

    /// <summary>More or fewer fields than the header has columns.</summary>
    public const string FieldCount = "field-count";

    /// <summary>A record longer than the definition allows.</summary>
    public const string RecordTooLong = "record-too-long";

    /// <summary>A NUL character, which PostgreSQL cannot store.</summary>
    public const string NulCharacter = "nul-character";

    /// <summary>No legacy id.</summary>
    public const string IdMissing = "id-missing";

    /// <summary>A legacy id that is not written as the definition says.</summary>
    public const string IdMalformed = "id-malformed";

    /// <summary>A value without a mapping, where the definition says that the record is then rejected.</summary>
    public const string ValueUnmapped = "value-unmapped";

    /// <summary>PostgreSQL refused the row.</summary>
    public const string DatabaseRefused = "database-refused";
}
