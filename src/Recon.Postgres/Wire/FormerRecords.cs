using System.IO.Hashing;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Wire;

/// <summary>
/// The records of the published result, as the runs that wrote it left them. Only the reader finds ids; what it found is asked and
/// marked by others, each record by the one batch that has its row.
/// </summary>
#pragma warning disable CA1001 // It lives as long as its run, and the pool does without its arrays.
internal sealed class FormerRecords
#pragma warning restore CA1001
{
    private readonly long _seed;
    private readonly KeySet _ids;
    private readonly KeySet _kinds = new(64);
    private readonly List<int> _repeated = [];
    private readonly Func<int, long, bool>? _isClaimed;
    private IReadOnlyList<IdSet>? _unchanged;
    private Record[] _records;
    private Mark[] _marks;
    private int _olderBelow;

    /// <param name="expected">About how many records there are.</param>
    /// <param name="seed">Of the hashes.</param>
    /// <param name="unchanged">
    /// For each lookup, the HubSpot ids whose mirror rows are as they were; <see langword="null"/> where nobody can tell.
    /// </param>
    /// <param name="isClaimed">Whether the HubSpot id that a lookup led to is one on which somebody decided: its records are compared each time.</param>
    public FormerRecords(int expected, long seed, IReadOnlyList<IdSet>? unchanged, Func<int, long, bool>? isClaimed = null)
    {
        _isClaimed = isClaimed;
        (_seed, _unchanged) = (seed, unchanged);
        _ids = new KeySet(expected);
        _records = new Record[Math.Max(expected, 16)];
        _marks = new Mark[_records.Length];
    }

    [Flags]
    private enum Mark : byte
    {
        None = 0,

        /// <summary>Nothing is known of it but its id: it is compared and written each time.</summary>
        Always = 1,

        /// <summary>It was no longer in the input.</summary>
        Gone = 2,

        Read = 4,
        Unchanged = 8,

        /// <summary>What it came from is known.</summary>
        Traced = 16,

        /// <summary>No mirror row that it came from has changed.</summary>
        Settled = 32,
    }

    /// <summary>Those that have to be compared, whatever the input says of them.</summary>
    public long Unsettled => _marks.AsSpan(0, _ids.Count).ToArray().Count(mark => (mark & (Mark.Settled | Mark.Gone)) == 0);

    /// <summary>The number of kinds of counts.</summary>
    public int Kinds => _kinds.Count;

    /// <summary>Whether there are rows whose id an earlier row has, too, although each was taken for the only one.</summary>
    public bool AreRepeated => _repeated.Count > 0;

    /// <summary>Bytes of the entries of the oldest run.</summary>
    public long FirstBytes { get; private set; }

    /// <summary>Bytes of the entries of all others.</summary>
    public long AddedBytes { get; private set; }

    /// <summary>Begins with the entries of another run, which is older than those before: what they say is no longer so.</summary>
    public void BeginRun() => (_olderBelow, AddedBytes, FirstBytes) = (_ids.Count, AddedBytes + FirstBytes, 0);

    /// <summary>A kind of counts, as it was written.</summary>
    public ReadOnlySpan<byte> Kind(int number) => _kinds[number];

    /// <summary>Adds what a batch left (<see cref="StagedHashes.Write"/>).</summary>
    public void Add(ReadOnlySpan<byte> entries)
    {
        FirstBytes += entries.Length;
        var reader = new EntryReader(entries);
        int lookups = (int)reader.Number();
        int count = (int)reader.Number();
        var kinds = new (int Number, ulong Hash)[count];
        for (int kind = 0; kind < count; kind++)
        {
            ReadOnlySpan<byte> text = reader.Take((int)reader.Number());
            kinds[kind] = (_kinds.Add(text), XxHash3.HashToUInt64(text, _seed));
        }

        Span<long> used = stackalloc long[lookups];
        while (!reader.IsAtEnd)
        {
            var fate = (RowFate)reader.Byte();
            ReadOnlySpan<byte> id = reader.Id();
            Record record = default;
            Mark mark = fate == RowFate.Gone ? Mark.Always | Mark.Gone : Mark.Always;
            if (fate is RowFate.Staged or RowFate.Traced)
            {
                (mark, record.Content) = (Mark.None, reader.Hash());
            }

            if (fate == RowFate.Traced)
            {
                record.Input = reader.Hash();
                mark = Mark.Traced | (_unchanged is null ? Mark.None : Mark.Settled);
                for (int lookup = 0; lookup < lookups; lookup++)
                {
                    used[lookup] = (long)reader.Number();
                    if (_unchanged is not null && used[lookup] != 0
                        && (!_unchanged[lookup].Contains(used[lookup]) || _isClaimed?.Invoke(lookup, used[lookup]) == true))
                    {
                        mark &= ~Mark.Settled;
                    }
                }

                (record.Kind, ulong hash) = kinds[(int)reader.Number()];
                record.Origin = StagedHashes.Origin(record.Input, used, hash);
            }

            Add(id, mark, record);
        }
    }

    /// <summary>Everything was added; what was needed for it is let go.</summary>
    public void EndAdding() => _unchanged = null;

    private void Add(ReadOnlySpan<byte> id, Mark mark, in Record record)
    {
        int before = _ids.Count;
        int number = _ids.Add(id);
        if (number < _olderBelow)
        {
            return;
        }

        if (number < before)
        {
            // A run has several rows of one id: what it staged of them depends on all.
            _marks[number] = Mark.Always;
            return;
        }

        if (number == _marks.Length)
        {
            Array.Resize(ref _records, checked(number * 2));
            Array.Resize(ref _marks, _records.Length);
        }

        (_records[number], _marks[number]) = (record, mark);
    }

    /// <summary>Finds the ids of a batch's rows, and marks them as read. One caller, batch after batch.</summary>
    public void Find(RecordBatch batch, int idColumn)
    {
        int[] known = new int[batch.RowCount];
        for (int row = 0; row < known.Length; row++)
        {
            int number = known[row] = _ids.IndexOf(batch.Field(row, idColumn));
            if (number < 0)
            {
                continue;
            }

            if ((_marks[number] & (Mark.Read | Mark.Always)) == Mark.Read)
            {
                _repeated.Add(number);
            }

            _marks[number] |= Mark.Read;
        }

        batch.Known = known;
    }

    /// <summary>
    /// Whether a row of the file is as it was, and so is every mirror row that it came from; it is then taken for unchanged. Whether it asks
    /// for a key that a mirror row has now, and had not, is for the caller to know before.
    /// </summary>
    /// <param name="number">What <see cref="Find"/> found.</param>
    /// <param name="kind">The kind of its counts.</param>
    public bool IsSettled(int number, ulong input, out int kind)
    {
        kind = -1;
        if (number < 0 || (_marks[number] & (Mark.Settled | Mark.Always)) != Mark.Settled || _records[number].Input != input)
        {
            return false;
        }

        _marks[number] |= Mark.Unchanged;
        kind = _records[number].Kind;
        return true;
    }

    /// <summary>Whether a record was published as it is staged now, which is noted.</summary>
    /// <param name="number">What <see cref="Find"/> found.</param>
    public bool IsUnchanged(int number, ulong content)
    {
        if (number < 0 || (_marks[number] & Mark.Always) != 0 || _records[number].Content != content)
        {
            return false;
        }

        _marks[number] |= Mark.Unchanged;
        return true;
    }

    /// <summary>Whether it is known that an unchanged record came from what it comes from now.</summary>
    /// <param name="origin"><see cref="StagedHashes.Origin"/>; <see langword="null"/> where that cannot be told.</param>
    public bool CameFrom(int number, ulong? origin)
        => origin is { } hash ? (_marks[number] & Mark.Traced) != 0 && _records[number].Origin == hash : (_marks[number] & Mark.Traced) == 0;

    /// <summary>Forgets what was read, and relies no more on ids that turned out to be repeated.</summary>
    public void Restart()
    {
        for (int number = 0; number < _ids.Count; number++)
        {
            _marks[number] &= ~(Mark.Read | Mark.Unchanged);
        }

        _repeated.ForEach(number => _marks[number] |= Mark.Always);
        _repeated.Clear();
    }

    /// <summary>The ids whose published rows are not simply kept: changed, no longer in the input, or of which nothing is known.</summary>
    public IEnumerable<string> Touched()
        => Where(static mark => (mark & Mark.Unchanged) == 0 && (mark & (Mark.Gone | Mark.Read)) != Mark.Gone).Select(Encoding.UTF8.GetString);

    /// <summary>Writes entries for the ids that are no longer in the input, so that they are not looked for again.</summary>
    public byte[] WriteGone() => StagedHashes.WriteGone(Where(static mark => (mark & (Mark.Read | Mark.Gone)) == 0));

    private IEnumerable<byte[]> Where(Func<Mark, bool> wanted)
    {
        for (int number = 0; number < _ids.Count; number++)
        {
            if (wanted(_marks[number]))
            {
                yield return _ids[number].ToArray();
            }
        }
    }

    private struct Record
    {
        public ulong Content;
        public ulong Input;
        public ulong Origin;
        public int Kind;
    }
}
