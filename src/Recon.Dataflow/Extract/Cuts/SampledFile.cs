namespace Recon.Dataflow.Extract.Cuts;

/// <summary>
/// The beginning, the middle and the end of a file as one stream, each from the start of a line to the end of one. Where a
/// line ends inside of a quoted value, a record is malformed or made of two halves: good enough for a sample. Of a file
/// without lines it is the beginning.
/// </summary>
internal sealed class SampledFile : ForwardStream
{
    private const int LongestLine = 1024 * 1024;

    private readonly Stream _file;
    private readonly List<(long Start, long End)> _parts = [];
    private int _part;

    private SampledFile(Stream file) => _file = file;

    /// <summary>Opens a file.</summary>
    /// <param name="most">Bytes that are read of it. A smaller file is read whole.</param>
    /// <param name="lines">What ends its lines.</param>
    public static async ValueTask<SampledFile> OpenAsync(SourceFile file, long most, SampledLines lines, CancellationToken cancellationToken)
    {
#pragma warning disable CA2000 // Who gets it disposes it.
        SampledFile sampled = new(file.OpenRead());
#pragma warning restore CA2000
        try
        {
            await sampled.DivideAsync(most, lines, cancellationToken);
            return sampled;
        }
        catch
        {
            await sampled.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a part of a file.</summary>
    /// <param name="part">Where it starts and ends, in bytes: one of <see cref="Parts"/>.</param>
    public static SampledFile Open(SourceFile file, (long Start, long End) part)
    {
        SampledFile sampled = new(file.OpenRead());
        sampled._parts.Add(part);
        sampled._file.Position = part.Start;
        return sampled;
    }

    /// <summary>Where the parts start and end, in bytes.</summary>
    public IReadOnlyList<(long Start, long End)> Parts => _parts;

    public override int Read(Span<byte> buffer)
    {
        do
        {
            int room = Room(buffer.Length);
            int read = room == 0 ? 0 : _file.Read(buffer[..room]);
            if (read > 0)
            {
                return read;
            }
        }
        while (IsAtNextPart());
        return 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        do
        {
            int room = Room(buffer.Length);
            int read = room == 0 ? 0 : await _file.ReadAsync(buffer[..room], cancellationToken);
            if (read > 0)
            {
                return read;
            }
        }
        while (IsAtNextPart());
        return 0;
    }

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Room(int wanted)
        => _part < _parts.Count ? (int)Math.Clamp(_parts[_part].End - _file.Position, 0, wanted) : 0;

    private bool IsAtNextPart()
    {
        _part++;
        if (_part >= _parts.Count)
        {
            return false;
        }

        _file.Position = _parts[_part].Start;
        return true;
    }

    private async ValueTask DivideAsync(long most, SampledLines lines, CancellationToken cancellationToken)
    {
        long length = _file.Length;
        long quarter = most / 4;
        if (length <= most)
        {
            _parts.Add((0, length));
        }
        else if (!(await TryAddAsync(0, 2 * quarter, lines, cancellationToken)
            && await TryAddAsync((length - quarter) / 2, quarter, lines, cancellationToken)
            && await TryAddAsync(length - quarter, quarter, lines, cancellationToken)))
        {
            _parts.Clear();
            _parts.Add((0, most));
        }

        _file.Position = 0;
    }

    private async ValueTask<bool> TryAddAsync(long from, long size, SampledLines lines, CancellationToken cancellationToken)
    {
        long? start = from == 0 ? 0 : await AfterLineAsync(from, lines, cancellationToken);
        long? end = from + size >= _file.Length ? _file.Length : await AfterLineAsync(from + size, lines, cancellationToken);
        if (start >= end || start is null || end is null)
        {
            return false;
        }

        _parts.Add((start.Value, end.Value));
        return true;
    }

    private async ValueTask<long?> AfterLineAsync(long from, SampledLines lines, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 * 1024];
        from -= from % lines.Unit;
        _file.Position = from;
        long to = from + LongestLine;
        while (from < to && await _file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken) is var read and > 0)
        {
            if (lines.After(buffer.AsSpan(0, read)) is int after)
            {
                return from + after;
            }

            from += read;
        }

        return null;
    }
}
