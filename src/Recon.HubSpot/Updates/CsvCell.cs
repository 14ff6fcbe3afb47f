namespace Recon.HubSpot.Updates;

/// <summary>Cells of the CSV files that recon writes for people.</summary>
public static class CsvCell
{
    private const string Formula = "=+-@\t\r";
    private const string Special = ",\"\r\n";

    /// <summary>
    /// A cell: an apostrophe in front of what a spreadsheet would take for a formula (<c>= + - @</c>, tab, carriage
    /// return), then quoted as RFC 4180 says where it has to be.
    /// </summary>
    /// <param name="value">The value; <see langword="null"/> gives an empty cell.</param>
    /// <returns>The cell.</returns>
    public static string Of(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return "";
        }

        string safe = Formula.Contains(value[0], StringComparison.Ordinal) ? "'" + value : value;
        return safe.AsSpan().ContainsAny(Special) || safe[0] == ' ' || safe[^1] == ' '
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }

    /// <summary>A line of cells, ended by CR LF.</summary>
    /// <param name="values">The values.</param>
    /// <returns>The line.</returns>
    public static string Line(IEnumerable<string?> values) => string.Join(',', values.Select(Of)) + "\r\n";
}
