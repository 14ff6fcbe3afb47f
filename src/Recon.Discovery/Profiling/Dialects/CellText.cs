namespace Recon.Discovery.Profiling.Dialects;

/// <summary>What a cell looks like, by its characters alone.</summary>
internal static class CellText
{
    /// <summary>Whether it looks like a value that is no word: a number, a date, a time, a telephone number, an address of the web or of mail.</summary>
    public static bool IsTyped(string cell)
    {
        if (cell.Length == 0)
        {
            return false;
        }

        if (cell.StartsWith("http", StringComparison.OrdinalIgnoreCase) || cell.StartsWith("www.", StringComparison.OrdinalIgnoreCase)
            || (cell.Contains('@', StringComparison.Ordinal) && !cell.Contains(' ', StringComparison.Ordinal) && cell.IndexOf('.', StringComparison.Ordinal) > 0))
        {
            return true;
        }

        // Codes begin with a letter, such as X12345, and so do names of columns, such as F00.
        if (char.IsLetter(cell[0]))
        {
            return false;
        }

        int digits = 0;
        int letters = 0;
        foreach (char character in cell)
        {
            digits += char.IsDigit(character) ? 1 : 0;
            letters += char.IsLetter(character) ? 1 : 0;
        }

        return digits > 0 && letters <= 3 && digits > letters;
    }
}
