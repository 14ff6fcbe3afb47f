namespace Recon.Discovery.Profiling;

/// <summary>What happened to values before they came into the file.</summary>
internal enum DamageKind
{
    /// <summary>Dates of which a spreadsheet left minutes and seconds (27:31.0).</summary>
    DestroyedDates,

    /// <summary>Texts that end at one length, most often 255.</summary>
    CutTexts,

    /// <summary>Text that was decoded wrongly (Ã©), or letters that are lost (U+FFFD).</summary>
    Mojibake,

    /// <summary>Numbers that a spreadsheet rewrote: 1.23E+05, ids with lost leading zeros.</summary>
    SpreadsheetNumbers,

    /// <summary>Ids on several records.</summary>
    RepeatedIds,

    /// <summary>Cells of formulas and errors: #REF!, #N/A, ########.</summary>
    SpreadsheetErrors,

    /// <summary>Records that cannot be read.</summary>
    MalformedRecords,

    /// <summary>Invisible white space around or within values.</summary>
    InvisibleSpace,
}

/// <param name="Column">Null where it concerns the file.</param>
/// <param name="Values">Values, or records, that are damaged.</param>
/// <param name="Of">Values, or records, that were looked at.</param>
/// <param name="Message">What was found, why, and what to do: whole sentences.</param>
internal sealed record Damage(DamageKind Kind, string? Column, long Values, long Of, string Message);
