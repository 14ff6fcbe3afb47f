using System.Globalization;
using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Diff.Repeats;

/// <summary>
/// Tells whether rows with the same legacy id agree: in the converted value of every property, and in the staged
/// columns that no property is made from. Parent ids may differ. Not thread-safe.
/// </summary>
internal sealed class RepeatComparer(ReconciliationPlan plan)
{
    /// <summary>Most rows whose places a note names beside the winner's.</summary>
    public const int MostPlaces = 10;

    /// <summary>What the note of rows that disagree begins with, before their number.</summary>
    public const string NoteStart = "the file holds ";

    private readonly Utf8Scratch _scratch = new();

    /// <summary>The note of a conflict: how many rows, which columns differ, and the staying row's own notes.</summary>
    /// <param name="rows">The number of rows with the id.</param>
    /// <param name="notes">The notes of the row that stays; <see langword="null"/> for none.</param>
    public static string ConflictNote(long rows, IEnumerable<string> differing, string? notes)
    {
        StringBuilder note = new StringBuilder(NoteStart).Append(rows)
            .Append(" rows with this id that differ in ").AppendJoin(", ", differing);
        return notes is null ? note.ToString() : note.Append("; ").Append(notes).ToString();
    }

    /// <summary>The note of a row that somebody decided to keep.</summary>
    /// <param name="rows">The number of rows with the id.</param>
    /// <param name="place">Its place.</param>
    /// <param name="notes">Its own notes; <see langword="null"/> for none.</param>
    public static string KeptNote(long rows, IEnumerable<string> differing, string place, KeptRow kept, string? notes)
        => ConflictNote(rows, differing, $"{KeptNote(place, kept)}{(notes is null ? "" : $"; {notes}")}");

    public static string KeptNote(string place, KeptRow kept) => $"line {place}{RecordDecisions.KeptNote}{kept.By}";

    /// <summary>The notes of a row that stays although another one was to be kept.</summary>
    /// <param name="notes">Its own notes; <see langword="null"/> for none.</param>
    public static string NotKeptNote(KeptRow kept, string? notes)
        => $"the decision by {kept.By}{RecordDecisions.RefusedNote}the row that it keeps is gone{(notes is null ? "" : $"; {notes}")}";

    /// <summary>The note of a row that won because it is the latest.</summary>
    /// <param name="places">Places of the first rows, the winner's among them.</param>
    /// <param name="notes">The notes of the row that won; <see langword="null"/> for none.</param>
    public string LatestNote(
        long rows, IEnumerable<string> differing, byte[][] winner, string place, IReadOnlyList<string> places, string? notes)
    {
        int column = plan.Latest!.Value.Column;
        string[] others = [.. places.Where(other => other != place).Take(MostPlaces)];
        StringBuilder note = new StringBuilder(NoteStart).Append(rows)
            .Append(" rows with this id that differ in ").AppendJoin(", ", differing)
            .Append("; line ").Append(place).Append(" with ").Append(plan.Columns.Source.Names[column]).Append(' ')
            .Append(Encoding.UTF8.GetString(winner[column])).Append(" won over line ").AppendJoin(", ", others);
        if (rows - 1 > others.Length)
        {
            note.Append(" and ").Append(rows - 1 - others.Length).Append(" more");
        }

        return notes is null ? note.ToString() : note.Append("; ").Append(notes).ToString();
    }

    /// <summary>A row's place in the input, for people.</summary>
    /// <param name="file">The file; empty when there is only one.</param>
    public static string PlaceOf(string? file, long line)
        => string.Create(CultureInfo.InvariantCulture, $"{file}{(string.IsNullOrEmpty(file) ? "" : ":")}{line}");

    /// <summary>The time by which the latest row is chosen, in milliseconds since 1970; <see langword="null"/> when there is none to be read.</summary>
    public long? TimeOf(byte[][] fields)
    {
        if (plan.Latest is not var (column, chain) || fields[column].Length == 0)
        {
            return null;
        }

        _scratch.Reset();
        ConvertedValue value = chain.Convert(fields[column], _scratch);
        return !value.Failed && IsoTime.TryParseCanonical(value.Text, out long time) ? time : null;
    }

    /// <summary>Makes a row out of what was staged as <c>legacy_properties</c>.</summary>
    /// <returns>The fields as UTF-8, in the order of the pipeline's columns; empty for null.</returns>
    public byte[][] Restore(string legacyProperties)
    {
        using JsonDocument document = JsonDocument.Parse(legacyProperties);
        byte[][] fields = new byte[plan.Columns.Source.Count][];
        for (int column = 0; column < fields.Length; column++)
        {
            fields[column] = document.RootElement.TryGetProperty(plan.Columns.Source.Names[column], out JsonElement value)
                ? Encoding.UTF8.GetBytes(value.GetString()!)
                : [];
        }

        return fields;
    }

    /// <summary>Names the columns in which two rows differ.</summary>
    /// <param name="right">Another one with the same legacy id.</param>
    /// <param name="differing">Receives the names of the file's columns.</param>
    public void Compare(byte[][] left, byte[][] right, ISet<string> differing)
    {
        foreach (PropertyPlan property in plan.Properties)
        {
            if (property.Columns.Length > 0 && !Agree(property, left, right))
            {
                foreach (int column in property.Regions is { } regions ? property.Columns.Append(regions.Column) : property.Columns)
                {
                    if (!left[column].AsSpan().SequenceEqual(right[column]))
                    {
                        differing.Add(plan.Columns.Source.Names[column]);
                    }
                }
            }
        }

        foreach (StagedColumnPlan staged in plan.Staged)
        {
            if (staged.Source == StagedSource.Legacy && !IsMapped(staged.Index)
                && !left[staged.Index].AsSpan().SequenceEqual(right[staged.Index]))
            {
                differing.Add(plan.Columns.Source.Names[staged.Index]);
            }
        }
    }

    public bool Agree(byte[][] left, byte[][] right)
    {
        HashSet<string> differing = [];
        Compare(left, right, differing);
        return differing.Count == 0;
    }

    private bool Agree(PropertyPlan property, byte[][] left, byte[][] right)
    {
        bool same = true;
        foreach (int column in property.Columns)
        {
            same &= left[column].AsSpan().SequenceEqual(right[column]);
        }

        same &= property.Regions is not { } regions || left[regions.Column].AsSpan().SequenceEqual(right[regions.Column]);

        // A property of several columns agrees only when they are the same: what joins them could hide a difference.
        if (same || property.Columns.Length > 1)
        {
            return same;
        }

        _scratch.Reset();
        ReadOnlySpan<byte> leftRaw = left[property.Columns[0]];
        ReadOnlySpan<byte> rightRaw = right[property.Columns[0]];
        ConvertedValue one = Converted(property, left, leftRaw);
        ConvertedValue other = Converted(property, right, rightRaw);
        if (one.Failed || other.Failed)
        {
            // Which of the rows stays must not decide whether a value is staged.
            return one.Failed && other.Failed && WrongData.AreEqual(leftRaw, rightRaw, _scratch);
        }

        return one.Text.SequenceEqual(other.Text)
            || (!one.IsNull && !other.IsNull && property.Reader.Comparison.AreEqual(one.Text, other.Text, _scratch));
    }

    private ConvertedValue Converted(PropertyPlan property, byte[][] row, ReadOnlySpan<byte> raw)
    {
        PropertyReader reader = property.Regions is { } regions ? regions.Of(row[regions.Column], _scratch) : property.Reader;
        return raw.IsEmpty ? ConvertedValue.Of(raw) : reader.Chain.Convert(raw, _scratch);
    }

    private bool IsMapped(int column)
        => plan.Properties.Any(property => property.Columns.Contains(column))
            || plan.Parents.Any(parent => parent.Column == column);
}
