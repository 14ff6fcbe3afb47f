namespace Recon.Samples;

/// <summary>The kinds of dirt that a sample holds, after what real exports hold. Counted in <see cref="PipelineFacts.Dirt"/>.</summary>
internal enum DefectKind
{
    None,

    /// <summary>One field more than the header has columns: rejected.</summary>
    TooManyFields,

    /// <summary>Three fields fewer than the header has columns: rejected.</summary>
    TooFewFields,

    /// <summary>A quote inside an unquoted field: rejected.</summary>
    StrayQuote,

    /// <summary>Text after a closing quote: rejected.</summary>
    TextAfterQuote,

    /// <summary>A quote that is never closed, on the last record of the file: rejected.</summary>
    UnclosedQuote,

    /// <summary>The legacy id as <c>1,234</c>: rejected.</summary>
    IdThousands,

    /// <summary>The legacy id as <c>1.23E+05</c>: rejected.</summary>
    IdScientific,

    /// <summary>The legacy id in full-width digits: rejected.</summary>
    IdFullWidth,

    /// <summary>No legacy id: rejected.</summary>
    IdEmpty,

    /// <summary>A space before the legacy id: the same record as without.</summary>
    IdLeadingSpace,

    /// <summary>The legacy id as <c>123.0</c>: the same record as <c>123</c>.</summary>
    IdDecimalTail,

    /// <summary>No-break spaces around the legacy id: the same record as without.</summary>
    IdNoBreakSpace,

    /// <summary>A row again, two times, with another parent: both folded.</summary>
    RepeatAgrees,

    /// <summary>The row before, again, with another parent and its id written <c>123.0</c>: folded.</summary>
    RepeatPaddedId,

    /// <summary>A row from far before, again: folded.</summary>
    RepeatFar,

    /// <summary>The row before with another value in a mapped column: the record is a conflict, this row counts as folded.</summary>
    RepeatDisagrees,

    /// <summary>A row from far before with another value in a mapped column: as <see cref="RepeatDisagrees"/>.</summary>
    RepeatDisagreesFar,

    /// <summary>Deleted in the legacy system: filtered.</summary>
    SoftDeleted,

    /// <summary>Two HubSpot records carry the legacy id: ambiguous.</summary>
    TwoInHubspot,

    /// <summary>Two HubSpot records carry the legacy id, one of them archived: matched.</summary>
    ArchivedTwin,

    /// <summary>A parent id that is in no file.</summary>
    DanglingParent,

    /// <summary>The text <c>NULL</c>: no value.</summary>
    NullWord,

    /// <summary>The text <c>N/A</c>: no value.</summary>
    NotAvailable,

    /// <summary>The text <c>-</c>: no value.</summary>
    Dash,

    /// <summary>The text <c>#AUTO#</c>: no value.</summary>
    AutoText,

    /// <summary>White space around a text: no difference.</summary>
    PaddedText,

    /// <summary>UTF-8 that was once read as Latin-1; HubSpot holds the same.</summary>
    Mojibake,

    /// <summary>U+FFFD in a text; HubSpot holds the same.</summary>
    ReplacementCharacter,

    /// <summary>A text that starts with <c>=</c>; HubSpot holds another.</summary>
    FormulaEquals,

    /// <summary>A text that starts with <c>+</c>; HubSpot holds another.</summary>
    FormulaPlus,

    /// <summary>A text that starts with <c>-</c>; HubSpot holds another.</summary>
    FormulaMinus,

    /// <summary>A text that starts with <c>@</c>; HubSpot holds another.</summary>
    FormulaAt,

    /// <summary>A date that a spreadsheet destroyed (<c>27:31.0</c>): no value staged.</summary>
    DateLost,

    /// <summary>A value that no enumeration knows: no value staged.</summary>
    UnmappedEnumeration,

    /// <summary>A whole number written with a decimal tail on one side only: no difference.</summary>
    DecimalTail,

    /// <summary>A note cut at 255 characters, whose whole text HubSpot holds: no update.</summary>
    NoteCutAt255,

    /// <summary>A local time that the autumn change repeats; HubSpot holds the earlier one.</summary>
    AutumnHour,

    /// <summary>A local time that the spring change skips; HubSpot holds it moved on by the gap.</summary>
    SpringHour,

    /// <summary>A text of several lines.</summary>
    MultiLine,

    /// <summary>A text with HTML in it.</summary>
    Html,

    /// <summary>A text with quotes in it.</summary>
    QuotesInText,
}
