namespace Recon.Dataflow.Definition;

/// <summary>How a delimiter, a quote or a line end inside a value is written.</summary>
internal enum FieldEscape
{
    /// <summary>In quotes, and a quote in it is doubled (RFC 4180).</summary>
    Doubled,

    /// <summary>Behind a backslash, in quotes and without, as MySQL and COPY of PostgreSQL write.</summary>
    Backslash,
}

/// <summary>The notation of a csv block, as bytes.</summary>
/// <param name="Quote"><see langword="null"/> where quotes are ordinary text.</param>
/// <param name="RecordSeparator"><see langword="null"/> where a line end ends a record.</param>
internal readonly record struct CsvDialect(byte Delimiter, byte? Quote, FieldEscape Escape, byte? RecordSeparator)
{
    /// <summary>The value of <c>quote</c> that makes quotes ordinary text.</summary>
    public const string NoQuote = "none";

    /// <summary>For messages.</summary>
    public const string Names = "\"tab\", \"unit-separator\", \"record-separator\", \"group-separator\", \"file-separator\"";

    /// <summary>The dialect of a block that keeps the rules.</summary>
    public static CsvDialect Of(CsvBlockDefinition csv) => new(
        Character(csv.Delimiter) ?? throw Unchecked(csv),
        csv.Quote == NoQuote ? null : Character(csv.Quote) ?? throw Unchecked(csv),
        csv.Escape,
        csv.RecordSeparator is null ? null : Character(csv.RecordSeparator) ?? throw Unchecked(csv));

    /// <summary>The character that a text is or names.</summary>
    /// <returns><see langword="null"/> when it is not one ASCII character that can separate: a letter, a digit, NUL, a line end.</returns>
    public static byte? Character(string text) => text switch
    {
        "tab" => (byte)'\t',
        "file-separator" => 0x1C,
        "group-separator" => 0x1D,
        "record-separator" => 0x1E,
        "unit-separator" => 0x1F,
        [var one] when char.IsAscii(one) && !char.IsAsciiLetterOrDigit(one) && one is not ('\0' or '\r' or '\n') => (byte)one,
        _ => null,
    };

    private static ArgumentException Unchecked(CsvBlockDefinition csv) => new("The csv block breaks the rules.", nameof(csv));
}
