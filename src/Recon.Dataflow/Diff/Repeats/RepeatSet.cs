using System.Buffers;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff.Repeats;

/// <summary>The rows of one legacy id in memory, judged as the staging table's repeats are after a run.</summary>
/// <param name="kept">Which of them somebody decided to keep where they disagree; <see langword="null"/> for none.</param>
internal sealed class RepeatSet(ReconciliationPlan plan, KeptRow? kept = null)
{
    private readonly RepeatComparer _comparer = new(plan);
    private readonly List<Member> _members = [];

    public int Count => _members.Count;

    /// <param name="file">Its file, as it is staged: empty when there is only one.</param>
    public void Add(RecordBatch batch, int row, string file)
    {
        byte[][] fields = new byte[batch.Columns.Count][];
        for (int column = 0; column < fields.Length; column++)
        {
            fields[column] = batch.Field(row, column).ToArray();
        }

        _members.Add(new Member(fields, StagedText(fields), file, batch.Line(row)));
    }

    /// <summary>Judges the rows in the order of their content.</summary>
    public RepeatVerdict Judge()
    {
        var judge = new RepeatJudge(_comparer);
        int[] order = [.. Enumerable.Range(0, _members.Count).OrderBy(index => _members[index])];
        int latest = order[0];
        foreach (int index in order)
        {
            latest = judge.Add(_members[index].Fields) == RepeatStanding.Latest ? index : latest;
        }

        int chosen = kept is null || judge.Outcome == RepeatOutcome.Agree ? -1
            : Array.FindIndex(order, index => kept.Is(ValuesOf(_members[index].Fields)));
        return chosen >= 0 ? new RepeatVerdict(RepeatOutcome.Kept, order[chosen], judge.Differing)
            : new RepeatVerdict(judge.Outcome, judge.Outcome == RepeatOutcome.Latest ? latest : order[0], judge.Differing);
    }

    /// <summary>The note of the row that stays; <see langword="null"/> for none.</summary>
    /// <param name="notes">Its own notes; <see langword="null"/> for none.</param>
    public string? Note(RepeatVerdict verdict, string? notes)
    {
        Member stays = _members[verdict.Stays];
        notes = kept is null || verdict.Outcome is RepeatOutcome.Agree or RepeatOutcome.Kept ? notes : RepeatComparer.NotKeptNote(kept, notes);
        return verdict.Outcome switch
        {
            RepeatOutcome.Kept => RepeatComparer.KeptNote(_members.Count, verdict.Differing, stays.Place, kept!, notes),
            RepeatOutcome.Agree => notes,
            RepeatOutcome.Conflict => RepeatComparer.ConflictNote(_members.Count, verdict.Differing, notes),
            _ => _comparer.LatestNote(
                _members.Count,
                verdict.Differing,
                stays.Fields,
                stays.Place,
                [.. _members.Order().Take(RepeatComparer.MostPlaces + 1).Select(member => member.Place)],
                notes),
        };
    }

    private IEnumerable<KeyValuePair<string, string>> ValuesOf(byte[][] fields)
        => plan.LegacyProperties.Where(member => fields[member.Column].Length > 0)
            .Select(member => KeyValuePair.Create(plan.Columns.Source.Names[member.Column], Encoding.UTF8.GetString(fields[member.Column])));

    // legacy_properties as PostgreSQL prints jsonb (keys by length, then bytes): what its rows are sorted by.
    private byte[] StagedText(byte[][] fields)
    {
        var text = new ArrayBufferWriter<byte>();
        text.Write("{"u8);
        IEnumerable<(byte[] Name, byte[] Value)> members = plan.LegacyProperties
            .Where(member => fields[member.Column].Length > 0)
            .Select(member => (member.Name.EncodedUtf8Bytes.ToArray(), fields[member.Column]))
            .OrderBy(member => member.Item1.Length)
            .ThenBy(member => member.Item1, Utf8Order.Instance);
        bool any = false;
        foreach ((byte[] name, byte[] value) in members)
        {
            text.Write(any ? ", \""u8 : "\""u8);
            any = true;
            text.Write(name);
            text.Write("\": \""u8);
            WriteEscaped(text, value);
            text.Write("\""u8);
        }

        text.Write("}"u8);
        return text.WrittenSpan.ToArray();
    }

    private static void WriteEscaped(ArrayBufferWriter<byte> text, byte[] value)
    {
        foreach (byte character in value)
        {
            string? escape = character switch
            {
                (byte)'\\' => "\\\\",
                (byte)'"' => "\\\"",
                (byte)'\b' => "\\b",
                (byte)'\f' => "\\f",
                (byte)'\n' => "\\n",
                (byte)'\r' => "\\r",
                (byte)'\t' => "\\t",
                < 0x20 => $"\\u{(int)character:x4}",
                _ => null,
            };
            if (escape is null)
            {
                text.GetSpan(1)[0] = character;
                text.Advance(1);
            }
            else
            {
                text.Write(Encoding.ASCII.GetBytes(escape));
            }
        }
    }

    private sealed record Member(byte[][] Fields, byte[] StagedText, string File, long Line) : IComparable<Member>
    {
        public string Place => RepeatComparer.PlaceOf(File, Line);

        public int CompareTo(Member? other)
        {
            int order = StagedText.AsSpan().SequenceCompareTo(other!.StagedText);
            order = order != 0 ? order : string.CompareOrdinal(File, other.File);
            return order != 0 ? order : Line.CompareTo(other.Line);
        }
    }

    private sealed class Utf8Order : IComparer<byte[]>
    {
        public static readonly Utf8Order Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}

/// <summary>What the rows of one legacy id come to.</summary>
/// <param name="Stays">The index of the row that stays, in the order in which rows were added.</param>
/// <param name="Differing">The columns in which they differ; none when they agree.</param>
internal sealed record RepeatVerdict(RepeatOutcome Outcome, int Stays, IReadOnlyCollection<string> Differing);
