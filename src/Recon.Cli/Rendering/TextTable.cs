using System.Text;

namespace Recon.Cli.Rendering;

/// <summary>A table of plain text: columns padded, numbers to the right, nothing cut.</summary>
internal static class TextTable
{
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
            text.Append(string.Join("  ", padded).TrimEnd()).Append('\n');
        }
    }

    /// <summary>A cell that fits: control characters become spaces, what is too long is cut and says so.</summary>
    public static string Cell(string? value, int length)
    {
        string plain = string.Concat((value ?? "").Select(character => char.IsControl(character) ? ' ' : character));
        return plain.Length <= length ? plain : plain[..(length - 1)] + "…";
    }
}
