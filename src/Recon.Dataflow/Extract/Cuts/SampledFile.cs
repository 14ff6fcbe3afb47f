namespace Recon.Dataflow.Extract.Cuts;

/// <summary>
/// The beginning, the middle and the end of a file as one stream, each from the start of a line to the end of one. Where a
/// line ends inside of a quoted value, a record is malformed or made of two halves: good enough for a sample. Of a file
/// without lines it is the beginning.
/// </summary>
internal sealed class SampledFile : ForwardStream
{
    private const int LongestLine = 1024 * 1024;

    private readonly FileStream _file;
    private readonly List<(long Start, long End)> _parts = [];
    private int _part;

    private SampledFile(FileStream file) => _file = file;

    /// <summary>Opens a file.</summary>
    /// <param name="most">Bytes that are read of it. A smaller file is read whole.</param>
    public static SampledFile Open(string path, long most) => Open(path, most, SampledLines.OfBytes);

    /// <summary>Opens a file whose lines are not those of bytes.</summary>
    /// <inheritdoc cref="Open(string, long)"/>
    public static SampledFile Open(string path, long most, SampledLines lines)
    {
        SampledFile sampled = Open(path);
        try
        {
            sampled.Divide(most, lines);
            return sampled;
        }
        catch
        {
            sampled.Dispose();
            throw;
        }
    }

    /// <summary>Opens a part of a file.</summary>
    /// <param name="part">Where it starts and ends, in bytes: one of <see cref="Parts"/>.</param>
    public static SampledFile Open(string path, (long Start, long End) part)
    {
        SampledFile sampled = Open(path);
        sampled._parts.Add(part);
        sampled._file.Position = part.Start;
        return sampled;
    }

    /// <summary>Where the parts start and end, in bytes.</summary>
    public IReadOnlyList<(long Start, long End)> Parts => _parts;

    public override int Read(Span<byte> buffer)
    {
        while (_part < _parts.Count)
        {
            long left = _parts[_part].End - _file.Position;
            int read = left <= 0 ? 0 : _file.Read(buffer[..(int)Math.Min(left, buffer.Length)]);
            if (read > 0)
            {
                return read;
            }

            _part++;
            if (_part < _parts.Count)
            {
                _file.Position = _parts[_part].Start;
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }

    private static SampledFile Open(string path)
        => new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0));

    private void Divide(long most, SampledLines lines)
    {
        long length = _file.Length;
        long quarter = most / 4;
        if (length <= most)
        {
            _parts.Add((0, length));
        }
        else if (!(TryAdd(0, 2 * quarter, lines) && TryAdd((length - quarter) / 2, quarter, lines) && TryAdd(length - quarter, quarter, lines)))
        {
            _parts.Clear();
            _parts.Add((0, most));
        }

        _file.Position = 0;
    }

    private bool TryAdd(long from, long size, SampledLines lines)
    {
        long? start = from == 0 ? 0 : AfterLine(from, lines);
        long? end = from + size >= _file.Length ? _file.Length : AfterLine(from + size, lines);
        if (start >= end || start is null || end is null)
        {
            return false;
        }

        _parts.Add((start.Value, end.Value));
        return true;
    }

    private long? AfterLine(long from, SampledLines lines)
    {
        byte[] buffer = new byte[16 * 1024];
        from -= from % lines.Unit;
        _file.Position = from;
        long to = from + LongestLine;
        for (int read = Fill(buffer); read > 0 && from < to; read = Fill(buffer))
        {
            if (lines.After(buffer.AsSpan(0, read)) is int after)
            {
                return from + after;
            }

            from += read;
        }

        return null;
    }

    private int Fill(byte[] buffer) => _file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
}
