using System.Text;

namespace Recon.Postgres.Decisions;

/// <summary>Takes the text of a sheet apart, as spreadsheets save it: the separator is that of the header, quotes are where the program wanted them.</summary>
internal static class SheetRecords
{
    private const string Separators = ",;\t";

    /// <returns>The records with the line on which each starts, from 1; without those that are blank.</returns>
    public static IReadOnlyList<(int Line, string[] Cells)> Read(string text, List<SheetProblem> problems)
    {
        int first = text.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) ? text.IndexOf('\n', StringComparison.Ordinal) + 1 : 0;
        char separator = SeparatorOf(text.AsSpan(first));
        List<(int Line, string[] Cells)> records = [];
        List<string> cells = [];
        var cell = new StringBuilder();
        bool isQuoted = false;
        int line = first > 0 ? 2 : 1;
        int start = line;
        for (int at = first; at < text.Length; at++)
        {
            char character = text[at];
            if (isQuoted && character == '"' && at + 1 < text.Length && text[at + 1] == '"')
            {
                cell.Append('"');
                at++;
            }
            else if (character == '"' && (isQuoted || cell.ToString().Trim().Length == 0))
            {
                isQuoted = !isQuoted;
            }
            else if (!isQuoted && character == separator)
            {
                EndCell();
            }
            else if (!isQuoted && (character is '\n' or '\r'))
            {
                at += character == '\r' && at + 1 < text.Length && text[at + 1] == '\n' ? 1 : 0;
                line++;
                EndRecord();
            }
            else
            {
                line += character == '\n' ? 1 : 0;
                cell.Append(character);
            }
        }

        if (isQuoted)
        {
            problems.Add(new SheetProblem(start, "", "A quote is opened on this line and never closed."));
            return records;
        }

        EndRecord();
        return records;

        void EndCell()
        {
            cells.Add(cell.ToString());
            cell.Clear();
        }

        void EndRecord()
        {
            EndCell();
            if (cells.Exists(value => !string.IsNullOrWhiteSpace(value)))
            {
                records.Add((start, [.. cells]));
            }

            cells.Clear();
            start = line;
        }
    }

    private static char SeparatorOf(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny('\r', '\n');
        ReadOnlySpan<char> header = end < 0 ? text : text[..end];
        char most = Separators[0];
        foreach (char separator in Separators)
        {
            most = header.Count(separator) > header.Count(most) ? separator : most;
        }

        return most;
    }
}
