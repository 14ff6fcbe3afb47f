using System.Text;

namespace Recon.Cli.Rendering;

/// <summary>A table of plain text: columns padded, numbers to the right, nothing cut.</summary>
internal static class TextTable
{
    private const string Between = "  ";

    /// <param name="headers">The headers; one that starts with <c>&gt;</c> is a column of numbers.</param>
    /// <param name="rows">The rows, each with a cell per header.</param>
    /// <returns>The table; each line ends in a line feed.</returns>
    public static string Draw(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        bool[] right = [.. headers.Select(header => header.StartsWith('>'))];
        string[] titles = [.. headers.Select(header => header.TrimStart('>'))];
        int[] widths = [.. titles.Select((title, index) => rows.Select(row => row[index].Length).Append(title.Length).Max())];
        StringBuilder text = new();
        Append(titles);
        foreach (IReadOnlyList<string> row in rows)
        {
            Append(row);
        }

        return text.ToString();

        void Append(IReadOnlyList<string> cells)
        {
            IEnumerable<string> padded = cells.Select((cell, index) =>
                right[index] ? cell.PadLeft(widths[index]) : cell.PadRight(widths[index]));
            text.Append(string.Join(Between, padded).TrimEnd()).Append('\n');
        }
    }

    /// <summary>The same within a width: the columns that have no room follow in further tables, which repeat the first column.</summary>
    public static string DrawWithin(int width, IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int Width(int column) => rows.Select(row => row[column].Length).Append(headers[column].TrimStart('>').Length).Max();
        List<List<int>> tables = [[0]];
        int used = Width(0);
        for (int column = 1; column < headers.Count; column++)
        {
            used += Between.Length + Width(column);
            if (used > width && tables[^1].Count > 1)
            {
                tables.Add([0]);
                used = Width(0) + Between.Length + Width(column);
            }

            tables[^1].Add(column);
        }

        return string.Join('\n', tables.Select(columns => Draw(
            [.. columns.Select(column => headers[column])],
            [.. rows.Select(row => (string[])[.. columns.Select(column => row[column])])])));
    }

    /// <summary>A cell that fits: control characters become spaces, what is too long is cut and says so.</summary>
    public static string Cell(string? value, int length)
    {
        string plain = string.Concat((value ?? "").Select(character => char.IsControl(character) ? ' ' : character));
        return plain.Length <= length ? plain : plain[..(length - 1)] + "…";
    }
}
