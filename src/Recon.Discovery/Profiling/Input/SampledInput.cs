using System.IO.Compression;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Extract.Cuts;

namespace Recon.Discovery.Profiling.Input;

/// <summary>A file of which at most some bytes are looked at: those of the beginning, the middle and the end.</summary>
internal sealed class SampledInput
{
    private readonly SourceFile _file;
    private readonly long _most;

    private SampledInput(SourceFile file, string name, long most)
    {
        _file = file;
        _most = most;
        Name = name;
        Parts = [(0, Bytes)];
    }

    /// <summary>As the user named it.</summary>
    public string Name { get; }

    public bool IsPacked => _file.Kind == InputKind.Gzip;

    /// <summary>Its size on disk.</summary>
    public long Bytes => _file.Length ?? 0;

    /// <summary>Bytes on disk that are looked at; of a packed file, those that were read so far.</summary>
    public long BytesSeen { get; private set; }

    /// <summary>Where the parts start and end. A packed file has one.</summary>
    public IReadOnlyList<(long Start, long End)> Parts { get; private set; }

    /// <summary>Whether the last part goes to the end of the file.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <exception cref="InputException">There is no such file, it is empty, or it is no text.</exception>
    public static SampledInput Open(string path, long most)
    {
        if (path == "-")
        {
            throw new InputException("Standard input can be read only once, and a profile looks at an input several times. Save it as a file, and name that.");
        }

        IReadOnlyList<SourceFile> files = SourceFinder.Find(
            path, new BatchReaderOptions { BaseDirectory = Directory.GetCurrentDirectory(), AllowPathsOutside = true });
        if (files.Count > 1)
        {
            throw new InputException($"{path} names {files.Count} files, and a profile is of one: {string.Join(", ", files.Take(5).Select(file => file.Name))}. Name one of them.");
        }

        if (files[0].Length == 0)
        {
            throw new InputException($"{path} is empty: it has no bytes. Export it again.");
        }

        return new SampledInput(files[0], path, most);
    }

    /// <summary>Divides the file, once it is known what ends its lines.</summary>
    public async ValueTask DivideAsync(SampledLines lines, CancellationToken cancellationToken)
    {
        if (IsPacked)
        {
            return;
        }

        await using SampledFile sampled = await SampledFile.OpenAsync(_file, _most, lines, cancellationToken);
        Parts = [.. sampled.Parts];
        BytesSeen = Parts.Sum(part => part.End - part.Start);
        IsWhole = Parts[^1].End == Bytes;
    }

    /// <summary>Opens a part.</summary>
    /// <returns>Its bytes, unpacked. <see cref="BytesSeen"/> and <see cref="IsWhole"/> of a packed file are known when it is disposed.</returns>
    public Stream OpenPart(int part)
    {
        if (!IsPacked)
        {
            return SampledFile.Open(_file, Parts[part]);
        }

#pragma warning disable CA2000 // The stream that is returned owns both.
        Stream raw = _file.OpenRead(bufferSize: 4096);
        return new HeadStream(new GZipStream(raw, CompressionMode.Decompress), _most, ended =>
        {
            IsWhole = ended;
            BytesSeen = ended ? Bytes : Math.Max(BytesSeen, Math.Min(raw.Position, Bytes));
        });
#pragma warning restore CA2000
    }

    /// <summary>Reads a part's first bytes.</summary>
    /// <exception cref="InputException">The packed data is damaged.</exception>
    public byte[] ReadHead(int most)
    {
        using Stream stream = OpenPart(0);
        byte[] bytes = new byte[most];
        return bytes[..Guard(() => stream.ReadAtLeast(bytes, most, throwOnEndOfStream: false))];
    }

    /// <summary>Reads, and says what is wrong with packed data.</summary>
    public int Guard(Func<int> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException failure)
        {
            throw new InputException($"{Name}: the gzip data is damaged ({failure.Message}). Pack the file again.", failure);
        }
    }
}
