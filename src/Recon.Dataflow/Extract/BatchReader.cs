using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Extract;

/// <summary>
/// Reads a pipeline's files into batches. Every record is accounted for: kept as a row, counted as filtered, or kept as
/// a reject. Not thread-safe: one caller reads, one batch after the other.
/// </summary>
/// <remarks>
/// <para>A batch closes before the record with which it would have more than <c>rows</c> records (kept, filtered and
/// rejected ones alike), or whose start lies <c>bytes</c> or more behind the batch's start, and at the end of a file. So
/// numbers and ranges depend on the files and the definition only.</para>
/// <para>Values are stored without the white space around them (<see cref="Utf8WhiteSpace"/>); null spellings are
/// stored as empty; the id is stored canonical (<see cref="LegacyId"/>). Records are judged in this order: malformed
/// (rejected), excluded (filtered), id missing or malformed (rejected), not among the wanted ids (filtered).</para>
/// <para>Empty lines are no records. Lines of white space are.</para>
/// </remarks>
internal sealed class BatchReader : IAsyncDisposable
{
    private readonly CsvBlockDefinition _csv;
    private readonly BatchBlockDefinition _limits;
    private readonly SourceColumns _columns;
    private readonly BatchReaderOptions _options;
    private readonly FieldReader _fields;
    private readonly List<string> _warnings = [];
    private readonly OtherDelimiter _otherDelimiter;
    private readonly IdFilter? _wanted;
    private readonly int _idColumn;

    private SourceStart? _source;
    private RowCondition[] _exclude = [];
    private RecordBatch? _batch;
    private RecordStatus? _pending;
    private long _startOffset;
    private long _startLine;
    private int _file = -1;
    private long _number = 1;
    private long _read;
    private long _finishedBytes;
    private bool _done;
    private bool _malformed;

    private BatchReader(
        CsvBlockDefinition csv, BatchBlockDefinition batch, DefaultsDefinition defaults, SourceColumns columns,
        BatchReaderOptions options, IReadOnlyList<SourceFile> files, InputMark? mark)
    {
        _csv = csv;
        _limits = batch;
        _columns = columns;
        _options = options;
        _fields = new FieldReader(csv, defaults, columns);
        _otherDelimiter = new OtherDelimiter(csv);
        _idColumn = columns.IndexOf(csv.Id);
        Files = files;
        Mark = mark;
        TotalBytes = files.Any(file => file.Length is null) ? null : files.Sum(file => file.Length);
        _wanted = options.Ids is null ? null : new IdFilter(options.Ids);
    }

    /// <summary>The files, in the order in which they are read.</summary>
    public IReadOnlyList<SourceFile> Files { get; }

    /// <summary>Bytes of the files read or jumped over so far (compressed ones of gzip files), for progress.</summary>
    public long BytesRead => _finishedBytes + (_source?.Source.RawPosition ?? 0);

    /// <summary>Records read so far, for progress.</summary>
    public long RecordsRead => Interlocked.Read(ref _read);

    /// <summary>Bytes of all files together; <see langword="null"/> for standard input.</summary>
    public long? TotalBytes { get; }

    /// <summary>
    /// Tells whether the input is still the one that an earlier attempt, or this reader, began to read.
    /// <see langword="null"/> for standard input.
    /// </summary>
    public InputMark? Mark { get; }

    /// <summary>The optional columns that the file being read lacks.</summary>
    public IReadOnlySet<string> MissingColumns { get; private set; } = new HashSet<string>();

    /// <summary>Sees the fields of the records as they stand in the files. Set before the first batch is read.</summary>
    public IFieldWatch? Watch
    {
        set => _fields.Watch = value;
    }

    /// <summary>Is told when the reader waits for whoever writes its input.</summary>
    public IWaits Waits { get; set; } = NoWaits.Instance;

    /// <summary>What people should know about the files although nothing failed. Grows while reading.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Finds the files, and checks encodings and headers, before the first record is read.</summary>
    /// <param name="columns">The columns to read; the id among them.</param>
    /// <exception cref="InputException">The input cannot be used; the message says why and what to do.</exception>
    public static async ValueTask<BatchReader> OpenAsync(
        CsvBlockDefinition csv, BatchBlockDefinition batch, DefaultsDefinition defaults, SourceColumns columns,
        BatchReaderOptions options, CancellationToken cancellationToken)
    {
        if (options.Limit is not null && options.ResumeFrom.Count > 0)
        {
            throw new ArgumentException("What is limited is not resumed: committed batches are jumped over uncounted.", nameof(options));
        }

        IReadOnlyList<SourceFile> files = SourceFinder.Find(csv.Path, options);
        if (files[0].Kind == InputKind.StandardInput && options.ResumeFrom.Count > 0)
        {
            throw new InputException("Standard input cannot be resumed. Save it as a file, or start over with --fresh.");
        }

        InputMark? mark = await InputMark.MakeAsync(files, cancellationToken);
        BatchReader reader = new(csv, batch, defaults, columns, options, files, mark);
        try
        {
            await SourceChecks.RunAsync(files, csv, columns, options, cancellationToken);
            reader._warnings.AddRange(SourceChecks.DoubtEncoding(files, csv));
            await reader.OpenFileAsync(0, cancellationToken);
            return reader;
        }
        catch
        {
            await reader.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the next batch that no earlier attempt committed.</summary>
    /// <returns>The batch, which the caller disposes; <see langword="null"/> at the end of the input.</returns>
    /// <exception cref="InputException">The input turned out not to be usable.</exception>
    public async ValueTask<RecordBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await SkipCommittedAsync(cancellationToken);
        while (!_done)
        {
            switch (Advance())
            {
                case Step.NeedMore:
                    await FillAsync(cancellationToken);
                    break;
                case Step.BatchFull:
                    return Close();
                case Step.LimitReached:
                    _done = true;
                    WarnAtEnd();
                    return _batch is null ? null : Close();
                case Step.FileEnd:
                    RecordBatch? last = _batch is null ? null : Close();
                    await NextFileAsync(cancellationToken);
                    if (last is not null)
                    {
                        return last;
                    }

                    await SkipCommittedAsync(cancellationToken);
                    break;
            }
        }

        return null;
    }

    /// <summary>Closes the files. Batches that were returned stay the caller's.</summary>
    public async ValueTask DisposeAsync()
    {
        _done = true;
        _batch?.Dispose();
        _batch = null;
        if (_source is not null)
        {
            await _source.Records.DisposeAsync();
        }
    }

    // Reading a file is the reader's work; what a pipe or a program delivers is waited for.
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (Files[0].Kind != InputKind.StandardInput)
        {
            await _source!.Records.FillAsync(cancellationToken);
            return;
        }

        using (new WaitScope(Waits, WaitFor.Answer))
        {
            await _source!.Records.FillAsync(cancellationToken);
        }
    }

    private enum Step
    {
        NeedMore,
        BatchFull,
        FileEnd,
        LimitReached,
    }

    /// <summary>Takes records as long as they are in memory and the batch is open. The hot loop.</summary>
    private Step Advance()
    {
        RecordReader records = _source!.Records;
        while (true)
        {
            _pending ??= records.TryNext();
            if (_pending == RecordStatus.NeedMore)
            {
                _pending = null;
                return Step.NeedMore;
            }

            if (_pending == RecordStatus.End)
            {
                return Step.FileEnd;
            }

            if (_batch is not null
                && (_batch.Counts.Read >= _limits.Rows || records.Offset - _startOffset >= _limits.Bytes))
            {
                return Step.BatchFull;
            }

            if (_read >= _options.Limit)
            {
                return Step.LimitReached;
            }

            if (_batch is null)
            {
                _batch = new RecordBatch(_number, _columns, _limits.Rows);
                (_startOffset, _startLine) = (records.Offset, records.Line);
            }

            Take(records, _batch, malformed: _pending == RecordStatus.Malformed);
            _pending = null;
        }
    }

    private void Take(RecordReader records, RecordBatch batch, bool malformed)
    {
        _read++;
        batch.Counts.Read++;
        _malformed = malformed;
        if (malformed)
        {
            // Of a record that is longer than the longest, only a part is in memory.
            bool isHeld = records.RawBytes.Length <= _csv.MaxRecordBytes;
            if (!records.Unclosed.IsEmpty && !CutFile.HoldsRecords(records.Unclosed, _csv, _source!.Header))
            {
                bool whole = !isHeld || CutFile.FieldsOf(records.Unclosed, _csv) >= _source!.Header.LeastFields;
                Cut(records, "a quoted field is never closed, and the fields after it are missing", refuse: !whole);
            }
            else if (isHeld && records.EndsWithoutLineBreak && records.RawBytes is [.., 0])
            {
                Cut(records, "its last bytes are zero");
            }

            Reject(batch, records, null, records.Reason, records.Message, records.Raw);
            return;
        }

        if (records.EndsInEscape)
        {
            Cut(records, "what its last backslash escapes is missing");
        }

        HeaderMap header = _source!.Header;
        int count = records.FieldCount;
        if (count < header.LeastFields || count > header.MostFields)
        {
            RejectCount(records, batch, header, count);
            return;
        }

        batch.AddRow(records.Line, records.Offset);
        _fields.Copy(records, header.Indexes, batch);
        foreach (RowCondition condition in _exclude)
        {
            if (condition.Holds(batch, batch.RowCount - 1))
            {
                Filter(batch, condition.Label);
                return;
            }
        }

        if (!_fields.HasId)
        {
            batch.DropLastRow();
            (string reason, string message) = _fields.WhyNoId is string why
                ? (RejectReasons.IdMalformed, $"The legacy id is not written as ids are: {why}.")
                : (RejectReasons.IdMissing, "The record has no legacy id.");
            Reject(batch, records, _csv.Id, reason, message, MalformedText.Cut(records.RawBytes));
            return;
        }

        if (_wanted?.Take(batch.Field(batch.RowCount - 1, _idColumn)) == false)
        {
            Filter(batch, "--ids");
            return;
        }

        _fields.CountDamage(batch.Counts);
        Tell(records, ReadOutcome.Kept, null, null);
    }

    private void RejectCount(RecordReader records, RecordBatch batch, HeaderMap header, int count)
    {
        if (count < header.LeastFields && records.EndsWithoutLineBreak && !CutFile.IsEndMark(records.RawBytes))
        {
            Cut(records, CutFile.TooFew(count, header));
        }

        string wanted = header.LeastFields == header.MostFields
            ? $"{header.MostFields}" : $"{header.LeastFields} to {header.MostFields}";
        Reject(batch, records, null, RejectReasons.FieldCount,
            $"The record has {count} {(count == 1 ? "field" : "fields")}, but the header has {wanted}. A delimiter inside a value has to be quoted.",
            MalformedText.Cut(records.RawBytes));
        if (count < header.LeastFields)
        {
            _otherDelimiter.See(records.RawBytes, header);
        }
    }

    private void Reject(
        RecordBatch batch, RecordReader records, string? column, string reason, string message, string raw)
    {
        batch.Counts.Rejected++;
        BatchCounts.Increment(batch.Counts.ByReason, reason);
        batch.Rejects.Add(new RejectedRecord(records.Line, records.Offset, column, reason, message, raw));
        Tell(records, ReadOutcome.Rejected, reason, message);
    }

    private void Filter(RecordBatch batch, string label)
    {
        Tell(_source!.Records, ReadOutcome.Filtered, label, null);
        batch.DropLastRow();
        batch.Counts.Filtered++;
        BatchCounts.Increment(batch.Counts.ByFilter, label);
    }

    private void Tell(RecordReader records, ReadOutcome outcome, string? reason, string? message)
        => _options.Observer?.OnRecord(new ReadRecord(
            records, _source!.Header, _csv, _source.Header.Indexes[_idColumn], _malformed, _file, outcome, reason, message));

    private void Cut(RecordReader records, string how, bool refuse = true)
    {
        if (refuse && _csv.OnCut == OnCut.Refuse)
        {
            throw CutFile.Refuse(Files[_file].Name, $"line {records.Line}, byte {records.Offset}", how);
        }

        _warnings.Add($"{Files[_file].Name}: the file ends in the middle of a record (line {records.Line}), so it may have been "
            + "cut. Compare its size with the original.");
    }

    // Batches that are jumped over may hold the ids, so that nothing can be said then.
    private void WarnAtEnd()
    {
        if (_otherDelimiter.Warning(_read) is string delimiter)
        {
            _warnings.Add(delimiter);
        }

        if (_options.ResumeFrom.Count == 0 && _wanted?.Unseen() is string warning)
        {
            _warnings.Add(warning);
        }
    }

    private RecordBatch Close()
    {
        RecordBatch batch = _batch!;
        RecordReader records = _source!.Records;
        batch.Range = new SourceRange(_file, _startOffset, records.Offset, _startLine, records.Line);
        _batch = null;
        _number++;
        return batch;
    }

    private async ValueTask NextFileAsync(CancellationToken cancellationToken)
    {
        if (_file + 1 == Files.Count)
        {
            _done = true;
            WarnAtEnd();
            return;
        }

        await OpenFileAsync(_file + 1, cancellationToken);
    }

    private async ValueTask OpenFileAsync(int index, CancellationToken cancellationToken)
    {
        if (_source is not null)
        {
            await _source.Records.DisposeAsync();
            _source = null;
        }

        _finishedBytes = Files.Take(index).Sum(file => file.Length ?? 0);
        _source = await SourceStart.OpenAsync(Files[index], _csv, _columns, _options, cancellationToken);
        _file = index;
        _pending = null;
        MissingColumns = _source.Header.Missing;
        _exclude = [.. _csv.Exclude.Select(condition => RowCondition.Compile(condition, _columns, MissingColumns))];
    }

    /// <summary>Jumps over the committed batches that come next. Only between two batches.</summary>
    private async ValueTask SkipCommittedAsync(CancellationToken cancellationToken)
    {
        SourceRange? last = null;
        while (!_done && _options.ResumeFrom.TryGetValue(_number, out SourceRange range))
        {
            last = range;
            _number++;
        }

        if (last is not SourceRange jump)
        {
            return;
        }

        if (jump.File < _file || jump.File >= Files.Count)
        {
            throw new InputException("The input has other files than the earlier attempt read. Start anew with --fresh.");
        }

        if (jump.File > _file)
        {
            await OpenFileAsync(jump.File, cancellationToken);
        }

        _pending = null;
        await _source!.Records.SkipToAsync(jump.EndByte, jump.EndLine, cancellationToken);
    }
}
