using System.Text;
using Recon.Cli.Hosting;

namespace Recon.Cli.Telemetry;

/// <summary>The file of <c>--metrics-file</c>: what is there stays, lines are added.</summary>
internal sealed class MetricsFile : IDisposable
{
    public const string FirstField = "time";

    private static readonly byte[] s_start = Encoding.UTF8.GetBytes($"{{\"{FirstField}\":");

    private readonly FileStream _stream;

    private MetricsFile(FileStream stream)
    {
        _stream = stream;
    }

    /// <summary>Opens the file to add to it.</summary>
    /// <param name="named">What the command reads, which is not written to.</param>
    /// <exception cref="UsageException">It cannot be written, or holds something else than metrics.</exception>
    public static MetricsFile Open(string path, NamedFiles named)
    {
        if (named.Find(path) is { } what)
        {
            throw new UsageException($"--metrics-file would write to {what}: {path}. Name another file.");
        }

        try
        {
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            byte[] start = new byte[s_start.Length];
            int length = stream.CanSeek ? stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) : 0;
            if (length > 0 && !start.AsSpan(0, length).SequenceEqual(s_start))
            {
                stream.Dispose();
                throw new UsageException(
                    $"The file of --metrics-file is not added to: {path} does not begin as metrics do. Name another file, or remove it.");
            }

            return new MetricsFile(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The file of --metrics-file cannot be written: {exception.Message}");
        }
    }

    /// <summary>Adds a line, at the end even when another process adds lines, too.</summary>
    public void Append(ReadOnlyMemory<byte> line)
    {
        if (_stream.CanSeek)
        {
            _stream.Seek(0, SeekOrigin.End);
        }

        _stream.Write(line.Span);
        _stream.Flush();
    }

    public void Dispose() => _stream.Dispose();
}
