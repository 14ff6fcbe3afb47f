using System.IO.Hashing;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Lookup;

namespace Recon.Postgres.Wire;

/// <summary>
/// The records of the published result, as the runs that wrote it left them. Only the reader finds ids; what it found is asked and
/// marked by others, each record by the one batch that has its row.
/// </summary>
/// <remarks>
/// Nearly all are those of the oldest run, in the order of its file. Those of later runs, and ids of which nothing is known, are kept apart and
/// hide what the oldest run left of the same ids.
/// </remarks>
#pragma warning disable CA1001 // It lives as long as its run, and the pool does without its arrays.
internal sealed class FormerRecords
#pragma warning restore CA1001
{
    private readonly long _seed;
    private readonly OrderedKeys _ids;
    private readonly KeySet _apart = new(1024);
    private readonly KeySet _kinds = new(64);
    private readonly List<int> _repeated = [];
    private readonly Func<int, long, bool>? _isClaimed;
    private IReadOnlyList<UnchangedIds>? _unchanged;
    private Record[] _records;
    private Mark[] _marks;

    // By their number in _apart: the records that are apart.
    private readonly List<Record> _apartRecords = [];
    private readonly List<Mark> _apartMarks = [];
    private int _olderBelow;
    private bool _isOldest;
    private int _suspects;

    /// <param name="expected">About how many records there are.</param>
    /// <param name="seed">Of the hashes.</param>
    /// <param name="unchanged">
    /// For each lookup, the HubSpot ids whose mirror rows are as they were; <see langword="null"/> where nobody can tell.
    /// </param>
    /// <param name="isClaimed">Whether the HubSpot id that a lookup led to is one on which somebody decided: its records are compared each time.</param>
    public FormerRecords(int expected, long seed, IReadOnlyList<UnchangedIds>? unchanged, Func<int, long, bool>? isClaimed = null)
    {
        _isClaimed = isClaimed;
        (_seed, _unchanged) = (seed, unchanged);
        _ids = new OrderedKeys(expected);
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

        /// <summary>What the oldest run left of an id that is apart: it is no longer so.</summary>
        Hidden = 64,
    }

    /// <summary>Those that have to be compared, whatever the input says of them.</summary>
    public long Unsettled => Numbers().Count(number => (_marks[number] & (Mark.Settled | Mark.Gone)) == 0);

    /// <summary>The number of kinds of counts.</summary>
    public int Kinds => _kinds.Count;

    /// <summary>Whether there are rows whose id an earlier row has, too, although each was taken for the only one.</summary>
    public bool AreRepeated => _repeated.Count > 0;

    /// <summary>Bytes of the entries of the oldest run.</summary>
    public long FirstBytes { get; private set; }

    /// <summary>Bytes of the entries of all others.</summary>
    public long AddedBytes { get; private set; }

    /// <summary>Begins with the entries of another run, which is older than those before: what they say is no longer so.</summary>
    /// <param name="isOldest">Whether no other run follows; its entries are to be added in the order of its batches.</param>
    public void BeginRun(bool isOldest)
        => (_olderBelow, AddedBytes, FirstBytes, _isOldest) = (_apart.Count, AddedBytes + FirstBytes, 0, isOldest);

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
    public void EndAdding()
    {
        _unchanged = null;
        if (_suspects >= RepeatFilter.MostSuspects)
        {
            SetRepeatsApart();
        }

        for (int number = 0; number < _ids.Count && _apart.Count > 0; number++)
        {
            if (_apart.IndexOf(_ids[number]) >= 0)
            {
                _marks[number] = Mark.Hidden;
            }
        }

        // From now on one number tells a record, wherever it is.
        int count = _ids.Count + _apart.Count;
        if (count > _records.Length)
        {
            Array.Resize(ref _records, count);
            Array.Resize(ref _marks, count);
        }

        _apartRecords.CopyTo(_records, _ids.Count);
        _apartMarks.CopyTo(_marks, _ids.Count);
        _apartRecords.Clear();
        _apartMarks.Clear();
    }

    private void Add(ReadOnlySpan<byte> id, Mark mark, in Record record)
    {
        if (_isOldest && (mark & Mark.Always) == 0)
        {
            int next = _ids.Count;
            if (next == _marks.Length)
            {
                Array.Resize(ref _records, checked(next + (next / 4)));
                Array.Resize(ref _marks, _records.Length);
            }

            (_records[next], _marks[next]) = (record, mark);
            _ids.Add(id);
            return;
        }

        _suspects += _isOldest ? 1 : 0;
        SetApart(id, mark, record);
    }

    private void SetApart(ReadOnlySpan<byte> id, Mark mark, in Record record)
    {
        int before = _apart.Count;
        int number = _apart.Add(id);
        if (number == before)
        {
            _apartRecords.Add(record);
            _apartMarks.Add(mark);
        }
        else if (number >= _olderBelow)
        {
            // A run has several rows of one id: what it staged of them depends on all.
            _apartMarks[number] = Mark.Always;
        }
    }

    // Of so many rows that might repeat an id, the run took no more for such: others may repeat one, too.
    private void SetRepeatsApart()
    {
        using var seen = new KeySet(_ids.Count);
        for (int number = 0; number < _ids.Count; number++)
        {
            int before = seen.Count;
            if (seen.Add(_ids[number]) < before)
            {
                SetApart(_ids[number], Mark.Always, default);
            }
        }
    }

    /// <summary>Finds the ids of a batch's rows, and marks them as read. One caller, batch after batch.</summary>
    public void Find(RecordBatch batch, int idColumn)
    {
        int[] known = new int[batch.RowCount];
        for (int row = 0; row < known.Length; row++)
        {
            int number = known[row] = IndexOf(batch.Field(row, idColumn));
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
        foreach (int number in Numbers())
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
        => Numbers().Where(number => wanted(_marks[number]))
            .Select(number => (number < _ids.Count ? _ids[number] : _apart[number - _ids.Count]).ToArray());

    private int IndexOf(ReadOnlySpan<byte> id)
    {
        int number = _ids.IndexOf(id);
        if (number >= 0 && (_marks[number] & Mark.Hidden) == 0)
        {
            return number;
        }

        int apart = _apart.IndexOf(id);
        return apart < 0 ? -1 : _ids.Count + apart;
    }

    private IEnumerable<int> Numbers()
    {
        for (int number = 0; number < _ids.Count + _apart.Count; number++)
        {
            if ((_marks[number] & Mark.Hidden) == 0)
            {
                yield return number;
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
