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
/// stored as empty; the id is stored canonical (<see cref="LegacyId"/>). <see cref="RecordJudge"/> judges the records.</para>
/// <para>Empty lines are no records. Lines of white space are.</para>
/// </remarks>
internal sealed class BatchReader : IAsyncDisposable
{
    private readonly CsvBlockDefinition _csv;
    private readonly BatchBlockDefinition _limits;
    private readonly SourceColumns _columns;
    private readonly BatchReaderOptions _options;
    private readonly List<string> _warnings = [];
    private readonly RecordJudge _judge;

    private SourceStart? _source;
    private RecordBatch? _batch;
    private RecordStatus? _pending;
    private long _startOffset;
    private long _startLine;
    private int _file = -1;
    private long _number = 1;
    private long _read;
    private long _finishedBytes;
    private int _usualBytes = 64 * 1024;
    private bool _done;
    private bool _seeks;

    private BatchReader(
        CsvBlockDefinition csv, BatchBlockDefinition batch, DefaultsDefinition defaults, SourceColumns columns,
        BatchReaderOptions options, IReadOnlyList<SourceFile> files, InputMark? mark)
    {
        _csv = csv;
        _limits = batch;
        _columns = columns;
        _options = options;
        _judge = new RecordJudge(csv, defaults, columns, options, _warnings);
        Files = files;
        Mark = mark;
        TotalBytes = files.Any(file => file.Length is null) ? null : files.Sum(file => file.Length);
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
        set => _judge.Watch = value;
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

        IReadOnlyList<SourceFile> files = await SourceFinder.FindAsync(csv.Path, options, cancellationToken);
        if (files[0].Kind == InputKind.StandardInput && options.ResumeFrom.Count > 0)
        {
            throw new InputException("Standard input cannot be resumed. Save it as a file, or start over with --fresh.");
        }

        InputMark? mark = await InputMark.MakeAsync(files, cancellationToken);
        BatchReader reader = new(csv, batch, defaults, columns, options, files, mark);
        try
        {
            await SourceChecks.RunAsync(files, csv, columns, options, cancellationToken);
            reader._warnings.AddRange(await SourceChecks.DoubtEncodingAsync(files, csv, cancellationToken));
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
                    _judge.WarnAtEnd(_read);
                    return _batch is null ? null : Close();
                case Step.FileEnd when _seeks:
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

    /// <summary>
    /// Goes to a batch that another reader of the same input cut: it comes out with the same number, range and records, and so do
    /// those behind it in its file, which ends the input from now on. Only between two batches; a place that lies before is found by
    /// opening the file again.
    /// </summary>
    /// <param name="range">Where the batch lies.</param>
    /// <exception cref="InputException">The file is not as the other reader found it.</exception>
    public async ValueTask SeekAsync(long number, SourceRange range, CancellationToken cancellationToken)
    {
        if (range.File >= Files.Count || Files[range.File].Kind == InputKind.StandardInput)
        {
            throw new InputException($"The input has no file {range.File} of which parts can be read.");
        }

        (_number, _seeks) = (number, true);
        bool isOpen = _source is not null && _file == range.File;
        if (isOpen && _pending is not null && _source!.Records.Offset == range.StartByte)
        {
            return;
        }

        if (!isOpen || (_pending is not null && _source!.Records.Offset > range.StartByte))
        {
            await OpenFileAsync(range.File, cancellationToken);
        }

        _pending = null;
        await _source!.Records.SkipToAsync(range.StartByte, range.StartLine, cancellationToken);
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

    // Reading a file is the reader's work; what a pipe, a program or a storage delivers is waited for.
    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (Files[0] is { Kind: not InputKind.StandardInput, Object: null })
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
                _batch = new RecordBatch(_number, _columns, _limits.Rows, _usualBytes);
                (_startOffset, _startLine) = (records.Offset, records.Line);
            }

            _read++;
            _judge.Take(_batch, malformed: _pending == RecordStatus.Malformed);
            _pending = null;
        }
    }

    private RecordBatch Close()
    {
        RecordBatch batch = _batch!;
        RecordReader records = _source!.Records;
        batch.Range = new SourceRange(_file, _startOffset, records.Offset, _startLine, records.Line);
        _batch = null;
        _number++;

        // Batches are alike; one with long texts is not.
        _usualBytes = Math.Clamp(batch.ByteCount + (batch.ByteCount / 16), 4096, 1024 * 1024);
        return batch;
    }

    private async ValueTask NextFileAsync(CancellationToken cancellationToken)
    {
        if (_file + 1 == Files.Count)
        {
            _done = true;
            _judge.WarnAtEnd(_read);
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
        _judge.Begin(_source, Files[index], index);
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
