using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>The bytes of one file, unpacked, decoded strictly and checked: whatever comes out is valid UTF-8.</summary>
internal sealed class Utf8Source : IAsyncDisposable
{
    /// <summary>Least size of the memory given to <see cref="ReadAsync"/>.</summary>
    public const int LeastRoom = 16;

    private readonly SourceFile _file;
    private readonly Stream _raw;
    private readonly bool _seeks;
    private readonly Stream _stream;
    private readonly byte[] _input = new byte[64 * 1024];
    private readonly byte[] _head;
    private readonly TextEncoding _encoding;
    private int _headUsed;
    private int _inputUsed;
    private int _inputCount;
    private long _inputOffset;
    private long _delivered;
    private ReadOnlyMemory<byte> _ahead;
    private Decoder? _decoder;
    private bool _ended;
    private long _closedAt;

    private Utf8Source(SourceFile file, Stream raw, byte[] head, TextEncoding encoding, Stream stream)
    {
        _file = file;
        _raw = raw;
        _seeks = raw.CanSeek;
        _stream = stream;
        _head = head;
        _encoding = encoding;
    }

    /// <summary>How far the file has been read, in bytes on disk (compressed ones of a gzip file).</summary>
    public long RawPosition
    {
        get
        {
            try
            {
                return _seeks ? _raw.Position : _inputOffset + _delivered;
            }
            catch (ObjectDisposedException)
            {
                // Asked after the file was closed, perhaps by another thread.
                return Volatile.Read(ref _closedAt);
            }
        }
    }

    /// <summary>Opens a file and checks its byte order mark.</summary>
    /// <exception cref="InputException">It cannot be opened, or the byte order mark is not the definition's.</exception>
    public static async ValueTask<Utf8Source> OpenAsync(
        SourceFile file, Stream? standardInput, CsvBlockDefinition csv, CancellationToken cancellationToken)
    {
        Stream raw = Open(file, standardInput);
        Stream stream = file.Kind == InputKind.Gzip ? new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true) : raw;
        byte[] head = new byte[64];
        int count = await GuardAsync(file, stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken));
        head = head[..count];
        FileSignature.Check(file.Name, head);
        TextEncoding encoding = TextEncoding.Find(csv.Encoding)
            ?? throw new InputException($"The encoding \"{csv.Encoding}\" is not known{TextEncoding.Hint(csv.Encoding)}.");
        return new Utf8Source(file, raw, head, ByteOrderMark.Settle(encoding, head, file.Name), stream);
    }

    /// <param name="utf8">Receives whole characters. At least <see cref="LeastRoom"/> bytes.</param>
    /// <returns>The number of bytes; 0 at the end of the file.</returns>
    /// <exception cref="InputException">Bytes that the encoding does not allow, or a damaged gzip file.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> utf8, CancellationToken cancellationToken)
    {
        if (!_ahead.IsEmpty)
        {
            int taken = Math.Min(_ahead.Length, utf8.Length);
            _ahead[..taken].CopyTo(utf8);
            _ahead = _ahead[taken..];
            return taken;
        }

        int count = _encoding == TextEncoding.Utf8
            ? await ReadUtf8Async(utf8, cancellationToken)
            : await TranscodeAsync(utf8, cancellationToken);
        _delivered += count;
        return count;
    }

    /// <summary>Goes on at a place that lies ahead: by seeking where the bytes are UTF-8 on disk, else by reading.</summary>
    public async ValueTask SkipToAsync(long offset, CancellationToken cancellationToken)
    {
        if (_encoding == TextEncoding.Utf8 && _file.Kind == InputKind.Plain)
        {
            _raw.Position = _delivered = _inputOffset = offset;
            _headUsed = _head.Length;
            _inputUsed = _inputCount = 0;
            _ahead = default;
            return;
        }

        byte[] passed = new byte[64 * 1024];
        long at = _delivered - _ahead.Length;
        while (at < offset)
        {
            int read = await ReadAsync(passed, cancellationToken);
            if (read == 0)
            {
                throw new InputException($"{_file.Name}: it ends before byte {offset}, so it is not the file that the "
                    + "earlier attempt read. Start anew with --fresh.");
            }

            at += read;
            if (at > offset)
            {
                int over = (int)(at - offset);
                _ahead = passed.AsMemory(read - over, over);
                at = offset;
            }
        }
    }

    /// <summary>Closes the file; standard input stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        Volatile.Write(ref _closedAt, RawPosition);
        if (_stream != _raw)
        {
            await _stream.DisposeAsync();
        }

        if (_file.Kind != InputKind.StandardInput)
        {
            await _raw.DisposeAsync();
        }
    }

    private static Stream Open(SourceFile file, Stream? standardInput)
    {
        if (file.Kind == InputKind.StandardInput)
        {
            return standardInput
                ?? throw new InputException("Standard input is closed. Pipe the export into recon, or name a file with --input.");
        }

        try
        {
            return file.OpenRead(file.Kind == InputKind.Gzip ? 64 * 1024 : 0, FileOptions.SequentialScan);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file.Name} cannot be opened: {failure.Message}", failure);
        }
    }

    private static async ValueTask<int> GuardAsync(SourceFile file, ValueTask<int> read)
    {
        try
        {
            return await read;
        }
        catch (InvalidDataException failure)
        {
            throw new InputException($"{file.Name}: the gzip data is damaged ({failure.Message}). Pack the file again.", failure);
        }
    }

    private async ValueTask<int> ReadRawAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_headUsed < _head.Length)
        {
            int count = Math.Min(_head.Length - _headUsed, bytes.Length);
            _head.AsMemory(_headUsed, count).CopyTo(bytes);
            _headUsed += count;
            return count;
        }

        int read = await GuardAsync(_file, _stream.ReadAsync(bytes, cancellationToken));
        if (read == 0 && _file.Kind == InputKind.Gzip)
        {
            await GzipTrailer.CheckAsync(_file, _inputOffset + _inputCount, cancellationToken);
        }

        return read;
    }

    private async ValueTask<int> ReadUtf8Async(Memory<byte> utf8, CancellationToken cancellationToken)
    {
        while (true)
        {
            // The start of a character that the last read cut.
            int held = _inputCount;
            _input.AsMemory(0, held).CopyTo(utf8);
            int read = await ReadRawAsync(utf8[held..], cancellationToken);
            _ended = read == 0;
            int count = held + read;
            ReadOnlyMemory<byte> got = utf8[..count];
            int cut = read == 0 ? 0 : CutCharacter(got.Span);
            if (!Utf8.IsValid(got.Span[..(count - cut)]))
            {
                int bad = FirstInvalid(got.Span);
                throw await InvalidAsync(_inputOffset + bad, got, bad, cancellationToken);
            }

            got[(count - cut)..].CopyTo(_input);
            _inputCount = cut;
            _inputOffset += count - cut;
            if (count > cut || read == 0)
            {
                return count - cut;
            }
        }
    }

    private async ValueTask<int> TranscodeAsync(Memory<byte> utf8, CancellationToken cancellationToken)
    {
        while (true)
        {
            bool ended = false;
            int left = _inputCount - _inputUsed;
            if (left < 4)
            {
                _input.AsSpan(_inputUsed, left).CopyTo(_input);
                _inputOffset += _inputUsed;
                _inputUsed = 0;
                _inputCount = left;
                int read = await ReadRawAsync(_input.AsMemory(left), cancellationToken);
                _inputCount += read;
                ended = read == 0;
            }

            int written = Decode(utf8.Span, out int used, out bool bad);
            _inputUsed += used;
            bool stuck = ended && written == 0 && _inputCount > _inputUsed;
            if (written == 0 && (bad || stuck))
            {
                throw await InvalidAsync(
                    _inputOffset + _inputUsed, _input.AsMemory(0, _inputCount), _inputUsed, cancellationToken);
            }

            if (written > 0 || ended)
            {
                return written;
            }
        }
    }

    private int Decode(Span<byte> utf8, out int used, out bool bad)
    {
        ReadOnlySpan<byte> bytes = _input.AsSpan(_inputUsed, _inputCount - _inputUsed);
        bad = false;
        if (_encoding.CodePage is not null)
        {
            return DecodeCodePage(bytes, utf8, out used, out bad);
        }

        if (_encoding.IsUtf16)
        {
            Span<char> text = stackalloc char[1024];
            ReadOnlySpan<char> source = MemoryMarshal.Cast<byte, char>(bytes);
            text = text[..Math.Min(source.Length, text.Length)];
            source[..text.Length].CopyTo(text);
            if (_encoding == TextEncoding.Utf16BigEndian == BitConverter.IsLittleEndian)
            {
                Span<ushort> units = MemoryMarshal.Cast<char, ushort>(text);
                BinaryPrimitives.ReverseEndianness(units, units);
            }

            OperationStatus status = Utf8.FromUtf16(
                text, utf8, out int chars, out int written, replaceInvalidSequences: false, isFinalBlock: false);
            used = chars * 2;
            bad = status == OperationStatus.InvalidData;
            return written;
        }

        int count = _encoding.SingleByte!.Decode(bytes, utf8, out used);
        bad = used < bytes.Length && utf8.Length - count >= 3;
        return count;
    }

    // Few bytes at a time: each can give three of UTF-8, and the decoder holds up to three back.
    private int DecodeCodePage(ReadOnlySpan<byte> bytes, Span<byte> utf8, out int used, out bool bad)
    {
        bytes = bytes[..Math.Min(bytes.Length, Math.Min((utf8.Length / 3) - 3, 1024))];
        Span<char> text = stackalloc char[bytes.Length + 4];
        _decoder ??= _encoding.CodePage!.GetDecoder();
        try
        {
            _decoder.Convert(bytes, text, flush: bytes.IsEmpty, out used, out int chars, out _);

            // Where a code page assigns nothing, .NET has rare control characters and private ones.
            bad = text[..chars].ContainsAnyInRange('\u0080', '\u009F') || text[..chars].ContainsAnyInRange('\uF8F0', '\uF8FF');
            used = bad ? Math.Max(bytes.IndexOfAny((byte)0x80, (byte)0xA0, (byte)0xFF), 0) : used;
            return bad ? 0 : Encoding.UTF8.GetBytes(text[..chars], utf8);
        }
        catch (DecoderFallbackException wrong)
        {
            used = Math.Max(wrong.Index, 0);
            bad = true;
            return 0;
        }
    }

    private bool IsCutCharacter(ReadOnlySpan<byte> around, int at)
        => _encoding == TextEncoding.Utf8 && _ended && at < around.Length && CutCharacter(around) == around.Length - at;

    private async ValueTask<InputException> InvalidAsync(
        long offset, ReadOnlyMemory<byte> around, int at, CancellationToken cancellationToken)
    {
        string line = "";
        if (_file.Kind != InputKind.StandardInput && !_encoding.IsUtf16)
        {
            long lines = await LineOfAsync(offset, cancellationToken);
            line = string.Create(CultureInfo.InvariantCulture, $" (line {lines})");
        }

        int from = Math.Max(0, at - 2048);
        string guess = IsCutCharacter(around.Span, at)
            ? "The file ends in the middle of a character, so the export or a copy of it broke off. Export it again."
            : EncodingGuess.Sentence(_encoding, around.Span.Slice(from, Math.Min(around.Length - from, 4096)), at - from);
        return new InputException($"{_file.Name}: byte {offset}{line} is not valid {_encoding.Name}, "
            + $"so the file is refused. {guess}");
    }

    private async ValueTask<long> LineOfAsync(long offset, CancellationToken cancellationToken)
    {
        await using Stream raw = Open(_file, standardInput: null);
        await using Stream stream = _file.Kind == InputKind.Gzip ? new GZipStream(raw, CompressionMode.Decompress) : raw;
        byte[] bytes = new byte[64 * 1024];
        long line = 1;
        byte last = 0;
        while (offset > 0)
        {
            int read = await stream.ReadAsync(bytes.AsMemory(0, (int)Math.Min(offset, bytes.Length)), cancellationToken);
            if (read == 0)
            {
                break;
            }

            line += LineBreaks.Count(bytes.AsSpan(0, read)) - (last == (byte)'\r' && bytes[0] == (byte)'\n' ? 1 : 0);
            last = bytes[read - 1];
            offset -= read;
        }

        return line;
    }

    /// <summary>The length of a character's start at the end of the bytes; 0 when they end with a whole one.</summary>
    private static int CutCharacter(ReadOnlySpan<byte> bytes)
    {
        for (int back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            byte value = bytes[^back];
            if (value >= 0xC0)
            {
                int length = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
                return length > back ? back : 0;
            }

            if (value < 0x80)
            {
                return 0;
            }
        }

        return 0;
    }

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (Rune.DecodeFromUtf8(bytes[at..], out _, out int length) == OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }
}
