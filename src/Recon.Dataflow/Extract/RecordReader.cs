using System.Text;
using CsvHelper;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>What <see cref="RecordReader.TryNext"/> found.</summary>
internal enum RecordStatus
{
    /// <summary>A well-formed record.</summary>
    Record,

    /// <summary>A line or record that has to be rejected.</summary>
    Malformed,

    /// <summary>Call <see cref="RecordReader.FillAsync"/> first.</summary>
    NeedMore,

    /// <summary>The end of the file.</summary>
    End,
}

/// <summary>
/// The records of one file. CsvHelper parses windows of our buffer in place; we decide where a record ends for certain,
/// and where to go on after a malformed one.
/// </summary>
/// <remarks>
/// <para>Recovery: of a record with malformed quoting, or one longer than the limit, only the first physical line is
/// rejected, and parsing starts again at the next line. A single quote can therefore damage no line but its own.</para>
/// <para>Cost: a restart parses a window of 1 KiB that doubles while the record stays open. A record that is
/// known to be malformed is given up at once, however far it would run. One that is open without other fault ends at
/// the next line that is open too when parsed by itself, so such stretches do not overlap: every byte is parsed a small
/// constant number of times, plus one stretch of at most the longest record allowed.</para>
/// </remarks>
internal sealed class RecordReader : IAsyncDisposable
{
    private const int RestartWindow = 1024;

    private readonly Utf8Source _source;
    private readonly CsvReaderOptions _options;
    private readonly int _maxRecordBytes;
    private readonly int _usualWindow;
    private readonly DialectBytes? _dialect;

    // Bytes that are not consumed yet are _buffer[_next.._end]; _buffer[_next - 1] is free for a line break.
    private byte[] _buffer;
    private int _next = 1;
    private int _end = 1;
    private long _offsetOfZero = -1;
    private long _nextLine = 1;
    private bool _sourceEnded;
    private bool _atStart = true;

    private CsvReader? _csv;
    private int _windowStart;
    private int _windowEnd;
    private int _windowSize;
    private bool _windowIsLast;
    private bool _windowHasNul;
    private long _windowLine;
    private int _recordStart;
    private int _recordEnd;

    // A place whose line is known: the start of the window, then of the last record.
    private int _known = 1;
    private long _knownLine = 1;
    private long _hiddenLines;
    private CsvMalformedReason? _problem;
    private long _problemOffset;
    private int _unclosed;
    private bool _discarding;

    public RecordReader(Utf8Source source, CsvDialect dialect, int maxRecordBytes, int windowBytes)
    {
        _dialect = DialectBytes.For(dialect);
        _usualWindow = _windowSize = windowBytes;
        _buffer = new byte[windowBytes + 1];
        _source = source;
        _maxRecordBytes = maxRecordBytes;
        _options = new CsvReaderOptions
        {
            Mode = dialect.Quote is null ? CsvMode.NoEscape : CsvMode.Rfc4180,
            Separator = (char)dialect.Delimiter,
            Quote = (char)(dialect.Quote ?? (byte)'"'),
            DetectSeparatorHint = false,
            HasHeader = false,
            TrackLineNumbers = true,
            IncludeValuesInExceptions = false,
            MissingField = CsvMissingFieldHandling.Throw,
            MalformedData = CsvMalformedDataHandling.Recover,
            FieldCountMismatch = CsvFieldCountHandling.Allow,
            OnMalformedRecord = malformed =>
            {
                _problem = malformed.Reason;
                _problemOffset = malformed.ByteOffset;
            },
        };
    }

    /// <summary>The line on which the current record starts; at the end of the file, the line after the last one.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>Where the current record starts; at the end of the file, its length. In bytes as UTF-8.</summary>
    public long Offset { get; private set; }

    /// <summary>The number of fields of the current record.</summary>
    public int FieldCount => _csv!.FieldCount;

    /// <summary>Whether the current record may hold damaged text.</summary>
    public bool MayBeDamaged { get; private set; }

    /// <summary>Why the current record is malformed: one of <see cref="RejectReasons"/>.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The same for people.</summary>
    public string Message { get; private set; } = "";

    /// <summary>What is rejected, as it stands in the input and cut.</summary>
    public string Raw { get; private set; } = "";

    /// <summary>
    /// What stands from the start of the current record to the end of the file, where a quoted field of it is never closed;
    /// else empty. Only its first line is rejected. Ends with the next call.
    /// </summary>
    public ReadOnlySpan<byte> Unclosed => _unclosed == 0 ? default : _dialect is null ? _buffer.AsSpan(_recordStart, _unclosed) : RawBytes;

    /// <summary>Whether the current record is the last one and no line break follows it.</summary>
    public bool EndsWithoutLineBreak => _sourceEnded && _recordEnd == _end;

    /// <summary>Whether the current record is the last one and what its last byte escapes is missing.</summary>
    public bool EndsInEscape => _dialect is not null && EndsWithoutLineBreak && DialectBytes.EndsInEscape(Held);

    /// <summary>Whether the file ends before the first record. Meaningful before the first call to <see cref="TryNext"/>.</summary>
    public bool IsEmpty => _sourceEnded && !_buffer.AsSpan(1, _end - 1).ContainsAnyExcept("\r\n\uFEFF"u8);

    /// <summary>The bytes of the current record as they stand in the file, without its line break.</summary>
    public ReadOnlySpan<byte> RawBytes => _dialect is null ? Held : _dialect.Shown(Held);

    private ReadOnlySpan<byte> Held => _buffer.AsSpan(_recordStart, _recordEnd - _recordStart);

    /// <summary>A field of the current record. Ends with the next call.</summary>
    public ReadOnlySpan<byte> Field(int index)
        => _dialect is null ? _csv!.GetSpan(index) : _dialect.Value(_csv!.GetSpan(index), _csv.GetRawSpan(index));

    /// <summary>Moves to the next record, as far as it is in the buffer.</summary>
    public RecordStatus TryNext()
    {
        while (true)
        {
            if (_discarding)
            {
                return EndLongLine();
            }

            if (_csv is null && !TryOpenWindow())
            {
                return _sourceEnded ? AtEnd() : RecordStatus.NeedMore;
            }

            _problem = null;
            if (!_csv!.Read())
            {
                PassBlankLines();
                continue;
            }

            _recordStart = (int)_csv.ByteOffset + _windowStart - 1;
            _recordEnd = _recordStart + _csv.RawRecord.Length;
            _hiddenLines += _dialect?.HiddenLines(_buffer.AsSpan(_known, _recordStart - _known)) ?? 0;
            _known = _recordStart;
            _knownLine = _windowLine + _csv.LineNumber - 2 + _hiddenLines;
            bool complete = _recordEnd < _windowEnd || _windowIsLast;
            bool tooLong = _recordEnd - _recordStart > _maxRecordBytes;
            bool malformed = _problem is not null && (complete
                || (_problem != CsvMalformedReason.UnterminatedQuote && ProblemIndex + 2 < _windowEnd));
            if (malformed || tooLong)
            {
                return RejectFirstLine(complete);
            }

            if (!complete)
            {
                if (TryWiden())
                {
                    continue;
                }

                return RecordStatus.NeedMore;
            }

            if (_dialect?.IsBlank(Held) == true)
            {
                continue;
            }

            Accept();
            return (_windowHasNul && Held.Contains((byte)0)) || _dialect?.HoldsNul(Held) == true
                ? Reject(RejectReasons.NulCharacter, "The record holds a NUL character, which PostgreSQL cannot store.")
                : RecordStatus.Record;
        }
    }

    /// <summary>Reads more of the file. All spans of the current record end.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        CloseWindow();
        int held = _end - _next;
        byte[] target = held > _buffer.Length / 2 ? new byte[checked(_buffer.Length * 2)] : _buffer;
        _buffer.AsSpan(_next, held).CopyTo(target.AsSpan(1));
        _buffer = target;
        _offsetOfZero += _next - 1;
        _next = 1;
        _end = 1 + held;
        _windowSize = Math.Max(_windowSize, 2 * held);
        while (_buffer.Length - _end >= Utf8Source.LeastRoom && !_sourceEnded)
        {
            int read = await _source.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _sourceEnded = read == 0;
            _dialect?.Hide(_buffer, _end, read);
            _end += read;
        }

        if (_atStart)
        {
            _atStart = false;
            _next += _buffer.AsSpan(1, _end - 1).StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        }
    }

    /// <summary>Goes on at the start of a record that lies ahead.</summary>
    /// <param name="offset">Where it starts, in bytes as UTF-8.</param>
    public async ValueTask SkipToAsync(long offset, long line, CancellationToken cancellationToken)
    {
        CloseWindow();
        _discarding = false;
        _nextLine = line;
        if (offset <= _offsetOfZero + _end)
        {
            _next = (int)(offset - _offsetOfZero);
            return;
        }

        await _source.SkipToAsync(offset, cancellationToken);
        _dialect?.Restart();
        _atStart = false;
        _next = _end = 1;
        _offsetOfZero = offset - 1;
    }

    /// <summary>Closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        CloseWindow();
        await _source.DisposeAsync();
    }

    private int ProblemIndex => (int)_problemOffset + _windowStart - 1;

    private bool TryOpenWindow()
    {
        int end = EndOfWindow();
        _windowIsLast = _sourceEnded && end == _end;
        if (end <= _next)
        {
            return false;
        }

        // The line break in front keeps CsvHelper from taking U+FEFF for a byte order mark in mid-file.
        _buffer[_next - 1] = (byte)'\n';
        _windowStart = _known = _next;
        _windowEnd = end;
        _windowLine = _knownLine = _nextLine;
        _hiddenLines = 0;
        ReadOnlyMemory<byte> window = _buffer.AsMemory(_windowStart - 1, _windowEnd - _windowStart + 1);
        _windowHasNul = window.Span.Contains((byte)0);
        MayBeDamaged = Mojibake.MayBeIn(window.Span);
        _csv = CsvReader.Create(window, _options);
        return true;
    }

    /// <summary>Where the next window ends: never between CR and LF.</summary>
    private int EndOfWindow()
    {
        int end = (int)Math.Min((long)_next + _windowSize, _end);
        while (end < _end && _buffer[end - 1] == (byte)'\r')
        {
            end++;
        }

        return end == _end && !_sourceEnded && end > _next && _buffer[end - 1] == (byte)'\r' ? end - 1 : end;
    }

    private void CloseWindow()
    {
        _csv?.Dispose();
        _csv = null;
    }

    /// <summary>Only line breaks are left in the window, behind the last record.</summary>
    private void PassBlankLines()
    {
        CloseWindow();
        ReadOnlySpan<byte> passed = _buffer.AsSpan(_known, _windowEnd - _known);
        _nextLine = _knownLine + Lines(passed) + (passed[^1] is (byte)'\r' or (byte)'\n' ? 0 : 1);
        _next = _windowEnd;
        _windowSize = (int)Math.Min(_windowSize * 2L, Math.Max(_usualWindow, _buffer.Length));
    }

    /// <summary>Parses the record that the window cuts again in a larger window, if there is more in the buffer.</summary>
    private bool TryWiden()
    {
        CloseWindow();
        _next = _recordStart;
        _nextLine = _knownLine;
        _windowSize = (int)Math.Min(_windowSize * 2L, Math.Max(_usualWindow, _buffer.Length));
        return EndOfWindow() > _windowEnd;
    }

    private void Accept()
    {
        Line = _knownLine;
        Offset = _offsetOfZero + _recordStart;
        _next = LineBreaks.After(_buffer.AsSpan(0, _end), _recordEnd);
    }

    private RecordStatus RejectFirstLine(bool complete)
    {
        ReadOnlySpan<byte> rest = _buffer.AsSpan(_recordStart, _end - _recordStart);
        int length = rest.IndexOfAny((byte)'\r', (byte)'\n');
        bool ended = _sourceEnded || (length >= 0 && (rest[length] == (byte)'\n' || length + 1 < rest.Length));
        if (!ended && (length >= 0 || rest.Length <= _maxRecordBytes))
        {
            CloseWindow();
            _next = _recordStart;
            _nextLine = _knownLine;
            return RecordStatus.NeedMore;
        }

        length = length < 0 ? rest.Length : length;
        bool wholeRecord = complete && _recordStart + length == _recordEnd;
        SetReason(length, rest[length..]);
        _recordEnd = _recordStart + length;
        Accept();
        Raw = MalformedText.Cut(RawBytes, _maxRecordBytes);
        if (!ended)
        {
            CloseWindow();
            _discarding = true;
            _next -= _dialect?.EndsInCarriageReturn == true ? 1 : 0;
            _nextLine = _knownLine + Lines(_buffer.AsSpan(_recordStart, _next - _recordStart));
            return RecordStatus.NeedMore;
        }

        if (!wholeRecord)
        {
            CloseWindow();
            _nextLine = _knownLine + 1 + Lines(Held);
            _windowSize = RestartWindow;
        }

        return RecordStatus.Malformed;
    }

    /// <summary>Passes the rest of a line that is longer than the longest record.</summary>
    private RecordStatus EndLongLine()
    {
        int length = _buffer.AsSpan(_next, _end - _next).IndexOfAny((byte)'\r', (byte)'\n');
        bool cut = length < 0
            ? _end > _next && _dialect?.EndsInCarriageReturn == true
            : _buffer[_next + length] == (byte)'\r' && _next + length + 1 == _end;
        if (!_sourceEnded && (length < 0 || cut))
        {
            int passed = cut ? _end - 1 : _end;
            _nextLine += Lines(_buffer.AsSpan(_next, passed - _next));
            _next = passed;
            return RecordStatus.NeedMore;
        }

        _discarding = false;
        _nextLine += 1 + Lines(_buffer.AsSpan(_next, length < 0 ? _end - _next : length));
        _next = length < 0 ? _end : LineBreaks.After(_buffer.AsSpan(0, _end), _next + length);
        _recordStart = _recordEnd = length < 0 ? _end : _next - 1;
        return RecordStatus.Malformed;
    }

    private long Lines(ReadOnlySpan<byte> text) => LineBreaks.Count(text) + (_dialect?.HiddenLines(text) ?? 0);

    private void SetReason(int lineLength, ReadOnlySpan<byte> after)
    {
        long problem = ProblemIndex - _recordStart;
        CsvMalformedReason? known = problem < _maxRecordBytes ? _problem : null;
        (Reason, Message) = MalformedText.Describe(
            known, _offsetOfZero + _recordStart + problem, onFirstLine: problem <= lineLength, _maxRecordBytes);

        // Where bytes are hidden from the parser, what is shown of further lines is not at hand.
        bool isLastLine = !after.ContainsAnyExcept((byte)'\r', (byte)'\n');
        _unclosed = known == CsvMalformedReason.UnterminatedQuote && _sourceEnded && (isLastLine || _dialect is null) ? lineLength + after.Length : 0;
    }

    private RecordStatus Reject(string reason, string message)
    {
        Reason = reason;
        Message = message;
        Raw = MalformedText.Cut(RawBytes);
        _unclosed = 0;
        return RecordStatus.Malformed;
    }

    private RecordStatus AtEnd()
    {
        Line = _nextLine;
        Offset = _offsetOfZero + _end;
        return RecordStatus.End;
    }
}
