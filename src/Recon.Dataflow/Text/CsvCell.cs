namespace Recon.Dataflow.Text;

/// <summary>Cells and lines of every CSV file that recon writes for people.</summary>
internal static class CsvCell
{
    // The full-width forms, too: Japanese and Chinese spreadsheets take them for the others.
    private const string Formula = "=+-@\uFF1D\uFF0B\uFF0D\uFF20\t\r";
    private const string Special = ",\"\r\n";

    /// <summary>
    /// A cell: an apostrophe in front of what a spreadsheet would take for a formula (<c>= + - @</c>, also in
    /// full width, tab, carriage return), then quoted as RFC 4180 says where it has to be.
    /// </summary>
    /// <param name="value">The value; <see langword="null"/> gives an empty cell.</param>
    public static string Of(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        string safe = Harmless(value);
        return safe.AsSpan().ContainsAny(Special) || safe[0] == ' ' || safe[^1] == ' ' ? Quote(safe) : safe;
    }

    /// <summary>A cell like that of <see cref="Of"/>, quoted whatever is in it.</summary>
    public static string Quoted(string? value) => Quote(string.IsNullOrEmpty(value) ? "" : Harmless(value));

    /// <summary>A line of cells, ended by CR LF.</summary>
    public static string Line(params IEnumerable<string?> values) => string.Join(',', values.Select(Of)) + "\r\n";

    /// <summary>A line of cells that are all quoted, ended by CR LF.</summary>
    public static string QuotedLine(IEnumerable<string?> values) => string.Join(',', values.Select(Quoted)) + "\r\n";

    private static string Harmless(string value)
        => Formula.Contains(value[0], StringComparison.Ordinal) ? "'" + value : value;

    private static string Quote(string safe) => $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
