using System.Globalization;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Decisions;

/// <summary>
/// Decisions as a CSV file that goes to a colleague and comes back from a spreadsheet. What a spreadsheet would take for a formula, or for a
/// number that it shortens, has an apostrophe in front; each record has a hash of what it was when it was written.
/// </summary>
internal static class DecisionSheet
{
    private const string Formula = "=+-@\uFF1D\uFF0B\uFF0D\uFF20\t\r'";
    private const string HashMark = "r-";

    // A spreadsheet keeps fifteen digits, and shows eleven.
    private const int MostDigits = 11;

    private static readonly string[] s_columns =
    [
        "pipeline", "legacy_id", "decision", "hubspot_id", "keep_line", "note", "decided_by", "decided_at", "status", "candidates", "remarks", "keep_record", "record",
    ];

    private static readonly string[] s_needed = ["pipeline", "legacy_id", "decision", "hubspot_id", "record"];

    public static string Header => CsvCell.Line(s_columns);

    /// <summary>The line of a decision.</summary>
    public static string Line(Decision decision) => CsvCell.Line(
    [
        decision.Pipeline,
        Safe(decision.LegacyId),
        DecisionKinds.TextOf(decision.Kind),
        Safe(decision.HubspotId?.ToString(CultureInfo.InvariantCulture)),
        decision.SourceLine?.ToString(CultureInfo.InvariantCulture),
        Safe(decision.Note),
        Safe(decision.DecidedBy),
        decision.DecidedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        null,
        null,
        null,
        decision.Keeps is { } kept ? HashMark + kept.Hash : null,
        DecisionEvidence.RecordOf(decision.Evidence) is { } record ? HashMark + record : null,
    ]);

    /// <summary>The line of a record about which nobody has decided, to be filled in.</summary>
    public static string Line(string pipeline, UndecidedRecord record) => CsvCell.Line(
    [
        pipeline,
        Safe(record.LegacyId),
        null,
        null,
        null,
        null,
        null,
        null,
        record.Status,
        Safe(string.Join(' ', record.Candidates)),
        Safe(record.Notes),
        null,
        HashMark + record.Hash,
    ]);

    /// <summary>Reads what somebody has filled in: separated by commas, semicolons or tabs, with or without a byte order mark, in any order of columns.</summary>
    /// <returns>The lines with a decision, and everything that is wrong with the file.</returns>
    public static (IReadOnlyList<SheetLine> Lines, IReadOnlyList<SheetProblem> Problems) Read(string text)
    {
        List<SheetLine> lines = [];
        List<SheetProblem> problems = [];
        IReadOnlyList<(int Line, string[] Cells)> records = SheetRecords.Read(text.TrimStart('\uFEFF'), problems);
        if (records.Count == 0)
        {
            problems.Add(new SheetProblem(1, "", "The file is empty. Its first line has to be the header that 'recon decisions export' writes."));
            return (lines, problems);
        }

        Dictionary<string, int> columns = new(StringComparer.OrdinalIgnoreCase);
        for (int index = 0; index < records[0].Cells.Length; index++)
        {
            columns.TryAdd(records[0].Cells[index].Trim(), index);
        }

        string[] missing = [.. s_needed.Where(name => !columns.ContainsKey(name))];
        if (missing.Length > 0)
        {
            problems.Add(new SheetProblem(
                records[0].Line, missing[0], $"The header lacks {string.Join(", ", missing)}. Keep the columns that 'recon decisions export' writes."));
            return (lines, problems);
        }

        Dictionary<(string Pipeline, string LegacyId), int> seen = [];
        foreach ((int line, string[] cells) in records.Skip(1))
        {
            string? Cell(string name) => columns.TryGetValue(name, out int index) && index < cells.Length && Plain(cells[index]) is { Length: > 0 } cell ? cell : null;
            if (ReadLine(line, Cell, problems) is not { } read)
            {
                continue;
            }

            if (!seen.TryAdd((read.Pipeline, read.LegacyId), line))
            {
                problems.Add(new SheetProblem(line, "legacy_id", $"The record is on line {seen[(read.Pipeline, read.LegacyId)]}, too. Keep one of them."));
                continue;
            }

            lines.Add(read);
        }

        return (lines, problems);
    }

    // Null for a line without a decision, and for one that is wrong.
    private static SheetLine? ReadLine(int line, Func<string, string?> cell, List<SheetProblem> problems)
    {
        int before = problems.Count;
        string? word = cell("decision");
        string? hubspot = cell("hubspot_id");
        string? keep = cell("keep_line");
        string? keptHash = Hash(cell("keep_record"), "keep_record");
        if (word is null && hubspot is null && keep is null)
        {
            return null;
        }

        DecisionKind? kind = word is null ? (hubspot is null ? DecisionKind.KeepRow : DecisionKind.Match) : DecisionKinds.Of(word.ToLowerInvariant());
        if (kind is null)
        {
            Problem("decision", "It has to be match, no-match or keep-row, or empty for no decision.");
        }

        long? hubspotId = Number(hubspot, "hubspot_id");
        long? keepLine = Number(keep, "keep_line");
        if (kind == DecisionKind.Match && hubspot is null)
        {
            Problem("hubspot_id", "The decision match needs the id of the HubSpot record.");
        }

        if (kind is DecisionKind.NoMatch or DecisionKind.KeepRow && hubspot is not null)
        {
            Problem("hubspot_id", $"The decision {word} has no HubSpot record. Empty the cell, or decide match.");
        }

        if (kind == DecisionKind.KeepRow && keep is null && keptHash is null)
        {
            Problem("keep_line", "The decision keep-row needs the line of the row in the file.");
        }

        if (cell("pipeline") is not { } pipeline)
        {
            Problem("pipeline", "It is empty.");
            pipeline = "";
        }

        if (cell("legacy_id") is not { } legacyId)
        {
            Problem("legacy_id", "It is empty.");
            legacyId = "";
        }

        string? record = Hash(cell("record"), "record");
        if (record is null && cell("record") is null)
        {
            Problem("record", "It is empty. Export the record anew: without it nobody knows what was decided on.");
        }

        return problems.Count > before ? null : new SheetLine(
            line, pipeline, legacyId, kind!.Value, hubspotId, keepLine, keptHash, cell("note"), cell("decided_by"), record!);

        void Problem(string column, string message) => problems.Add(new SheetProblem(line, column, message));

        long? Number(string? text, string column)
        {
            if (text is null)
            {
                return null;
            }

            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0)
            {
                return number;
            }

            Problem(column, text.Contains('E', StringComparison.OrdinalIgnoreCase) && text.Any(char.IsAsciiDigit)
                ? "A spreadsheet has shortened the number, and its last digits are lost. Write it again with an apostrophe in front."
                : "It is no number.");
            return null;
        }

        string? Hash(string? text, string column)
        {
            if (text is null)
            {
                return null;
            }

            string hash = text.StartsWith(HashMark, StringComparison.OrdinalIgnoreCase) ? text[HashMark.Length..].ToLowerInvariant() : "";
            if (hash.Length == 32 && hash.All(char.IsAsciiHexDigitLower))
            {
                return hash;
            }

            Problem(column, "It is not as 'recon decisions export' wrote it. Export the record anew.");
            return null;
        }
    }

    private static string? Safe(string? value)
        => !string.IsNullOrEmpty(value) && (Formula.Contains(value[0], StringComparison.Ordinal) || LooksLikeANumber(value)) ? "'" + value : value;

    // A leading zero, a long number and 1E5 do not survive a spreadsheet.
    private static bool LooksLikeANumber(string value)
        => char.IsAsciiDigit(value[0])
            && (value.Length > MostDigits || value[0] == '0' || value.Contains('E', StringComparison.OrdinalIgnoreCase))
            && value.All(character => char.IsAsciiDigit(character) || character is 'e' or 'E' or '.' or '+' or '-');

    private static string Plain(string cell)
    {
        string trimmed = cell.Trim();
        return trimmed.StartsWith('\'') ? trimmed[1..] : trimmed;
    }
}

/// <summary>A line of a sheet with a decision.</summary>
/// <param name="Line">Its first line in the file, from 1.</param>
/// <param name="KeepHash">The hash of the row that counts; <see langword="null"/> where only its line is told.</param>
/// <param name="Hash">The hash of the record that was decided on.</param>
internal sealed record SheetLine(
    int Line,
    string Pipeline,
    string LegacyId,
    DecisionKind Kind,
    long? HubspotId,
    long? KeepLine,
    string? KeepHash,
    string? Note,
    string? DecidedBy,
    string Hash);

/// <summary>Something that is wrong with a sheet.</summary>
/// <param name="Column">The column; empty for the whole line.</param>
internal sealed record SheetProblem(int Line, string Column, string Message);

/// <summary>A record about which nobody has decided, and that needs it.</summary>
/// <param name="Candidates">The HubSpot records between which nothing decides.</param>
/// <param name="Hash">What the record is now.</param>
internal sealed record UndecidedRecord(string LegacyId, string Status, IReadOnlyList<string> Candidates, string? Notes, string Hash);
