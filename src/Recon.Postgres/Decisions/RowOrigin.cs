using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Decisions;

/// <summary>What the row of a legacy id that the file repeats is made from.</summary>
/// <param name="Notes">How its notes begin.</param>
/// <param name="Parents">The parents of all rows of the id, as JSON; <see langword="null"/> for none.</param>
/// <param name="IsConflict">Whether the rows contradict each other, and none counts.</param>
internal sealed record RowOrigin(string LegacyId, ChosenRow Row, string Notes, string? Parents, bool IsConflict)
{
    private const string Between = "; ";

    /// <summary>Whether only a run that reads the file can say what the row is: until then nothing is to be updated.</summary>
    public bool IsProvisional { get; private init; }

    /// <summary>A conflict, of which only one row is here.</summary>
    public static RowOrigin Again(StagedRecord record)
        => new(record.LegacyId, new ChosenRow(record.SourceLine, record.SourceFile, record.Values), ConflictOf(record), record.Parents, IsConflict: true)
        {
            IsProvisional = true,
        };

    /// <summary>A row that counts.</summary>
    /// <param name="record">The row that is there: its note tells how the rows of the id differ.</param>
    public static RowOrigin Kept(StagedRecord record, ChosenRow row, KeptRow kept)
        => new(record.LegacyId, row, $"{ConflictOf(record)}{Between}{RepeatComparer.KeptNote(RepeatComparer.PlaceOf(row.File, row.Line), kept)}", Parents: null, IsConflict: false);

    /// <summary>A conflict, as it was before one of its rows was chosen.</summary>
    public static RowOrigin Of(string legacyId, FormerRow former)
        => new(legacyId, new ChosenRow(former.Line, former.File, former.Values), former.Conflict, former.Parents, IsConflict: true);

    /// <summary>How the note of a conflict begins, which says how its rows differ.</summary>
    /// <remarks>A row that was chosen and lost its HubSpot record says that first.</remarks>
    public static string ConflictOf(StagedRecord record)
    {
        int start = record.Notes!.IndexOf(RepeatComparer.NoteStart, StringComparison.Ordinal);
        return record.Notes[Math.Max(start, 0)..].Split(Between, 2)[0];
    }

    /// <summary>Whether a row is there because somebody chose it.</summary>
    public static bool IsKept(StagedRecord record)
        => record.Status != "conflict" && record.Notes?.Contains(RecordDecisions.KeptNote, StringComparison.Ordinal) == true;

    /// <summary>A row with other raw values.</summary>
    public StagedRecord Of(StagedRecord record) => record with { Values = Row.Values, SourceLine = Row.Line, Names = null };
}
