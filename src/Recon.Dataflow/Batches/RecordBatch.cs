using System.Buffers;
using System.Diagnostics;
using System.IO.Hashing;
using System.Numerics;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Batches;

/// <summary>
/// The unit of work: consecutive records of one file, which are read, looked up, compared, staged, committed, retried
/// and resumed as one. The fields are UTF-8 slices of one pooled buffer; they become strings only where a person has
/// to read them.
/// </summary>
/// <remarks>
/// One block at a time owns a batch, so nothing here is synchronised. The stage block disposes it, which returns the
/// buffers; no span may be used after that.
/// </remarks>
internal sealed class RecordBatch : IDisposable
{
    // Filled by the reader.
    private byte[] _bytes;
    private int _byteCount;
    private bool _isDisposed;
    private Row[] _rows;

    // Where each row starts and each of its fields ends.
    private int[] _marks;
    private readonly int _stride;
    private readonly int _capacity;
    private List<CutMark>? _cuts;
    private BatchCounts? _read;

    /// <param name="byteHint">Bytes of field data to make room for at first; the buffer grows as needed.</param>
    public RecordBatch(long number, SourceColumns columns, int rowCapacity, int byteHint = 64 * 1024)
    {
        Number = number;
        Columns = columns;
        _capacity = rowCapacity;
        _bytes = PooledArray.Rent(byteHint);
        _stride = columns.Count + 1;
        _marks = ArrayPool<int>.Shared.Rent(rowCapacity * _stride);
        _rows = ArrayPool<Row>.Shared.Rent(rowCapacity);
    }

    /// <summary>The batch's number in the run, from 1; the same for the same file and definition.</summary>
    public long Number { get; }

    /// <summary>The columns that each row holds.</summary>
    public SourceColumns Columns { get; }

    /// <summary>The part of the input that the batch covers. Set by the reader when the batch is full.</summary>
    public SourceRange Range { get; set; }

    /// <summary>Rows that go on to the lookups: read, and neither filtered nor rejected.</summary>
    public int RowCount { get; private set; }

    /// <summary>The batch's own activity, for its blocks do not inherit one; none unless somebody listens.</summary>
    public Activity? Trace { get; set; }

    /// <summary>When the batch had been read, as a timestamp of the graph's clock.</summary>
    public long ReadAt { get; set; }

    /// <summary>Is told when the block that works on the batch waits. Set by the graph for each block.</summary>
    public IWaits Waits { get; set; } = NoWaits.Instance;

    /// <summary>What was counted on the way, for the ledger and the row account.</summary>
    public BatchCounts Counts { get; set; } = new();

    /// <summary>Records that were not reconciled.</summary>
    public List<RejectedRecord> Rejects { get; } = [];

    /// <summary>The answers of the lookups, by lookup index. Each is set by its lookup block.</summary>
    public List<LookupAnswer?> Answers { get; } = [];

    /// <summary>The rows to write, as the sink needs them. Set by the diff block; stays <see langword="null"/> where nothing is written.</summary>
    public IStagedRows? Staged { get; set; }

    /// <summary>
    /// For each row, the number by which an earlier run's result knows its id, or -1; empty where no result is compared with.
    /// </summary>
    public int[] Known { get; set; } = [];

    /// <summary>The rows about which somebody decided; <see langword="null"/> for none. Set by the match lookup.</summary>
    public IReadOnlyDictionary<int, DecidedRow>? Decided { get; set; }

    /// <summary>What the reader counted stays; what the comparison counted is forgotten.</summary>
    public void StartComparison()
    {
        _read ??= Counts;
        Counts = new BatchCounts();
        Counts.Add(_read);
    }

    /// <summary>Starts a row; <see cref="AddField"/> must follow once per column.</summary>
    /// <param name="line">The line on which the record starts, from 1.</param>
    /// <param name="byteOffset">Where the record starts, in bytes of the input as UTF-8.</param>
    public void AddRow(long line, long byteOffset)
    {
        _rows[RowCount] = new Row(line, byteOffset);
        _marks[RowCount * _stride] = _byteCount;
        RowCount++;
    }

    /// <summary>Adds the next field of the last row.</summary>
    /// <param name="value">The value as UTF-8, trimmed; empty for null.</param>
    public void AddField(int column, ReadOnlySpan<byte> value)
    {
        if (_byteCount + value.Length > _bytes.Length)
        {
            PooledArray.Grow(ref _bytes, _byteCount, _byteCount + value.Length);
        }

        value.CopyTo(_bytes.AsSpan(_byteCount));
        _byteCount += value.Length;
        _marks[((RowCount - 1) * _stride) + column + 1] = _byteCount;
    }

    /// <summary>Takes the last row back: it turned out to be filtered or rejected.</summary>
    public void DropLastRow()
    {
        RowCount--;
        _byteCount = _marks[RowCount * _stride];
        while (_cuts is [.., { At: int at }] && at >= RowCount * Columns.Count)
        {
            _cuts.RemoveAt(_cuts.Count - 1);
        }
    }

    /// <returns>The value as UTF-8; empty for null.</returns>
    public ReadOnlySpan<byte> Field(int row, int column)
    {
        int at = (row * _stride) + column;
        int start = _marks[at];
        return _bytes.AsSpan(start, _marks[at + 1] - start);
    }

    /// <summary>A hash of the fields of a row.</summary>
    /// <returns>Whether they say all of it; <see langword="false"/> where a text may have been cut.</returns>
    public bool TryHash(int row, long seed, out ulong hash)
    {
        int at = row * _stride;
        hash = XxHash3.HashToUInt64(_bytes.AsSpan(_marks[at], _marks[at + Columns.Count] - _marks[at]), seed);
        for (int column = 0; column < Columns.Count; column++)
        {
            hash = (BitOperations.RotateLeft(hash, 7) ^ (ulong)(_marks[at + column + 1] - _marks[at + column])) * 0x9E37_79B9_7F4A_7C15;
        }

        if (_cuts is null)
        {
            return true;
        }

        int cut = _cuts.BinarySearch(new CutMark(row * Columns.Count, default, false), CutMark.ByField);
        cut = cut < 0 ? ~cut : cut;
        return cut == _cuts.Count || _cuts[cut].At >= (row + 1) * Columns.Count;
    }

    /// <summary>Takes rows out of the batch: what becomes of them is known.</summary>
    /// <param name="kept">For each row, whether it stays.</param>
    public void Keep(ReadOnlySpan<bool> kept)
    {
        List<CutMark>? cuts = null;
        int to = 0;
        int bytes = 0;
        for (int row = 0; row < RowCount; row++)
        {
            if (!kept[row])
            {
                continue;
            }

            _rows[to] = _rows[row];
            Known[to] = Known[row];
            bytes += Move(_bytes, _marks.AsSpan(row * _stride, _stride), _marks.AsSpan(to * _stride), bytes);

            foreach (CutMark cut in _cuts ?? [])
            {
                if (cut.At / Columns.Count == row)
                {
                    (cuts ??= []).Add(cut with { At = cut.At - ((row - to) * Columns.Count) });
                }
            }

            to++;
        }

        (RowCount, _byteCount, _cuts) = (to, bytes, cuts);
    }

    /// <summary>Takes over the records of the batch that follows, whose rows were taken out as those of this one.</summary>
    /// <param name="mostBytes">Bytes of field data that a batch may hold.</param>
    /// <returns>Whether there is room for them, and both are of one file.</returns>
    public bool TryAppend(RecordBatch next, long mostBytes)
    {
        if (next.Range.File != Range.File || RowCount + next.RowCount > _capacity || (long)_byteCount + next._byteCount > mostBytes)
        {
            return false;
        }

        if (_byteCount + next._byteCount > _bytes.Length)
        {
            PooledArray.Grow(ref _bytes, _byteCount, _byteCount + next._byteCount);
        }

        foreach (CutMark cut in next._cuts ?? [])
        {
            (_cuts ??= []).Add(cut with { At = cut.At + (RowCount * Columns.Count) });
        }

        for (int row = 0; row < next.RowCount; row++)
        {
            _byteCount += Move(next._bytes, next._marks.AsSpan(row * _stride, _stride), _marks.AsSpan((RowCount + row) * _stride), _byteCount);
        }

        next._rows.AsSpan(0, next.RowCount).CopyTo(_rows.AsSpan(RowCount));
        Known = [.. Known.AsSpan(0, RowCount), .. next.Known.AsSpan(0, next.RowCount)];
        RowCount += next.RowCount;
        Rejects.AddRange(next.Rejects);
        Counts.Add(next.Counts);
        Range = Range with { EndByte = next.Range.EndByte, EndLine = next.Range.EndLine };
        return true;
    }

    // Copies the fields of a row to where there is room, and says where they are then.
    private int Move(byte[] from, ReadOnlySpan<int> marks, Span<int> moved, int to)
    {
        int start = marks[0];
        int length = marks[^1] - start;
        from.AsSpan(start, length).CopyTo(_bytes.AsSpan(to));
        for (int mark = 0; mark < marks.Length; mark++)
        {
            moved[mark] = marks[mark] - start + to;
        }

        return length;
    }

    /// <summary>Notes that a field of the last row has a length at which texts are cut, as it stands in the file.</summary>
    /// <param name="endsInSpace">Whether white space at its end was taken off.</param>
    public void MarkCut(int column, TextLength length, bool endsInSpace)
        => (_cuts ??= []).Add(new CutMark(((RowCount - 1) * Columns.Count) + column, length, endsInSpace));

    /// <summary>What was noted about a field; <see langword="null"/> for nothing.</summary>
    public CutMark? CutAt(int row, int column)
    {
        int index = _cuts?.BinarySearch(new CutMark((row * Columns.Count) + column, default, false), CutMark.ByField) ?? -1;
        return index < 0 ? null : _cuts![index];
    }

    /// <summary>The line on which a row's record starts, from 1.</summary>
    public long Line(int row) => _rows[row].Line;

    /// <summary>Where a row's record starts, in bytes of the input as UTF-8.</summary>
    public long ByteOffset(int row) => _rows[row].ByteOffset;

    /// <summary>
    /// Bytes of everything that grows with the length of values: the fields, the answers, and the staged rows, which are
    /// reckoned until they are there.
    /// </summary>
    public long HeldBytes
        => _bytes.Length + Answers.Sum(answer => (long)(answer?.Rows.HeldBytes ?? 0)) + (Staged?.HeldBytes ?? 3L * _byteCount);

    /// <summary>What <see cref="HeldBytes"/> last was for the graph, which counts the bytes of all batches together.</summary>
    public long CountedBytes { get; set; }

    /// <summary>Bytes of field data held.</summary>
    public int ByteCount => _byteCount;

    /// <summary>Number and range only: batches turn up in exception data, and records are personal data.</summary>
    public override string ToString() => $"batch {Number} ({Range})";

    /// <summary>Returns the buffers, also those of the answers and of the staged rows. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        PooledArray.Return(_bytes);
        ArrayPool<int>.Shared.Return(_marks);
        ArrayPool<Row>.Shared.Return(_rows);
        _bytes = [];
        _marks = [];
        _rows = [];
        RowCount = 0;
        foreach (LookupAnswer? answer in Answers)
        {
            answer?.Dispose();
        }

        Staged?.Dispose();
        Trace?.Dispose();
    }

    private readonly record struct Row(long Line, long ByteOffset);
}

/// <summary>A field that has a length at which texts are cut, as it stands in the file.</summary>
internal readonly record struct CutMark(int At, TextLength Length, bool EndsInSpace)
{
    public static Comparer<CutMark> ByField { get; } = Comparer<CutMark>.Create((one, other) => one.At.CompareTo(other.At));
}
