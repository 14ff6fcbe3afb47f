using System.Text;
using Recon.Cli.Hosting;

namespace Recon.Cli.Rendering;

/// <summary>A table of plain text: columns padded, numbers to the right. On a terminal it keeps to the width, elsewhere it is whole.</summary>
internal static class TextTable
{
    private const string Between = "  ";

    private const int LeastValueWidth = 20;

    /// <summary>Draws the whole table.</summary>
    /// <param name="rows">The rows, each with a cell per column.</param>
    /// <returns>The table; each line ends in a line feed.</returns>
    public static string Draw(IReadOnlyList<TableColumn> columns, IReadOnlyList<IReadOnlyList<string>> rows) => Draw(null, columns, rows);

    /// <summary>
    /// Draws the table within a width: first empty columns go, then texts are broken into lines, or columns are told below their row (or once, where all rows are
    /// alike), then columns go and are named, and what is too wide even so is told row by row, a line for each cell.
    /// </summary>
    /// <param name="width">Columns of the terminal; <see langword="null"/> for the whole table.</param>
    /// <inheritdoc cref="Draw(IReadOnlyList{TableColumn}, IReadOnlyList{IReadOnlyList{string}})"/>
    public static string Draw(int? width, IReadOnlyList<TableColumn> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        string[][] cells = [.. rows.Select(row => (string[])[.. row.Select(Plain)])];
        int[] widths = [.. columns.Select((column, index) => cells.Select(row => TextWidth.Of(row[index])).Append(TextWidth.Of(column.Title)).Max())];
        List<int> beside = [.. Enumerable.Range(0, columns.Count)];
        if (width is not { } limit || Fits(widths, beside, limit))
        {
            return Text(columns, cells, widths, beside, int.MaxValue, [], []);
        }

        beside.RemoveAll(column => columns[column].Room != Room.Needed && cells.All(row => row[column].Length == 0));
        Break();
        List<int> below = [.. Move(Room.Below)];
        List<int> gone = [.. Move(Room.Spare)];
        return Fits(widths, beside, limit) ? Text(columns, cells, widths, beside, limit, below, gone) : ByRow(columns, cells, limit);

        void Break()
        {
            int broken = beside.FindIndex(column => columns[column].Room == Room.Broken);
            int room = broken < 0 ? 0 : limit - (beside.Sum(column => widths[column]) - widths[beside[broken]]) - (Between.Length * (beside.Count - 1));
            if (room >= LeastValueWidth)
            {
                widths[beside[broken]] = Math.Min(room, widths[beside[broken]]);
            }
        }

        IEnumerable<int> Move(Room room)
        {
            List<int> moved = [];
            foreach (int column in beside.Where(column => columns[column].Room == room || (room == Room.Below && columns[column].Room == Room.Broken)).Reverse().ToArray())
            {
                if (!Fits(widths, beside, limit))
                {
                    beside.Remove(column);
                    moved.Insert(0, column);
                }
            }

            return moved;
        }
    }

    /// <summary>A cell that fits: control characters become spaces, what is too long is cut and says so.</summary>
    public static string Cell(string? value, int length)
    {
        string plain = Spaced(value ?? "");
        return plain.Length <= length ? plain : plain[..(length - 1)] + "…";
    }

    private static string Plain(string cell) => TerminalText.Escape(Spaced(cell));

    private static string Spaced(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));

    private static bool Fits(int[] widths, List<int> columns, int limit)
        => columns.Sum(column => widths[column]) + (Between.Length * (columns.Count - 1)) <= limit;

    private static string Text(
        IReadOnlyList<TableColumn> columns, string[][] rows, int[] widths, List<int> beside, int limit, List<int> below, List<int> gone)
    {
        StringBuilder text = new();
        int[] once = [.. below.Where(column => rows.Length > 1 && rows[0][column].Length > 0 && rows.All(row => row[column] == rows[0][column])
            && TextWidth.Of(Once(column)) <= limit)];
        Append([.. columns.Select(column => column.Title)]);
        foreach (string[] row in rows)
        {
            Append(row);
            foreach (int column in below.Except(once).Where(column => row[column].Length > 0))
            {
                Tell($"{Between}{columns[column].Title.Trim()}: {row[column]}");
            }
        }

        foreach (int column in once)
        {
            Tell(Once(column));
        }

        string[] left = [.. gone.Select(column => columns[column].Title.Trim()).Where(title => title.Length > 0)];
        if (left.Length > 0)
        {
            Tell($"(no room for {string.Join(", ", left)})");
        }

        return text.ToString();

        string Once(int column) => $"(all: {columns[column].Title.Trim()} {rows[0][column]})";

        void Tell(string line) => text.Append(TextWrap.Wrap(line, limit, indent: 4, breakWords: true)).Append('\n');

        void Append(string[] cells)
        {
            string[][] lines = [.. beside.Select(column => columns[column].Room == Room.Broken
                ? TextWrap.Wrap(cells[column], widths[column], indent: 0, breakWords: true).Split('\n') : [cells[column]])];
            for (int line = 0; line < lines.Max(each => each.Length); line++)
            {
                IEnumerable<string> padded = beside.Select((column, index) =>
                {
                    string cell = line < lines[index].Length ? lines[index][line] : "";
                    return columns[column].IsNumber ? TextWidth.PadLeft(cell, widths[column]) : TextWidth.PadRight(cell, widths[column]);
                });
                text.Append(string.Join(Between, padded).TrimEnd()).Append('\n');
            }
        }
    }

    private static string ByRow(IReadOnlyList<TableColumn> columns, string[][] rows, int limit)
    {
        int titles = columns.Max(column => TextWidth.Of(column.Title));
        int indent = titles + Between.Length + LeastValueWidth <= limit ? titles + Between.Length : 2;
        StringBuilder text = new();
        foreach (string[] row in rows)
        {
            text.Append(text.Length == 0 ? "" : "\n");
            for (int column = 0; column < columns.Count; column++)
            {
                string title = indent == 2 ? columns[column].Title : TextWidth.PadRight(columns[column].Title, titles) + " ";
                string line = $"{title} {row[column]}";
                text.Append(row[column].Length == 0 ? "" : TextWrap.Wrap(line, limit, indent, breakWords: true) + "\n");
            }
        }

        return text.ToString();
    }
}
