using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>
/// What the files of an input looked like, told cheaply: names, lengths, times of the last write, first and last 64 KiB; of objects in
/// storage names, lengths and ETags.
/// </summary>
/// <param name="Fingerprint">SHA-256 over all of it, in lower-case hexadecimal.</param>
internal sealed record InputMark(string Fingerprint, IReadOnlyList<FileMark> Files)
{
    private const int BlockLength = 64 * 1024;

    /// <summary>Looks at files. An edit in the middle shows by the time.</summary>
    /// <returns>The mark; <see langword="null"/> for standard input, which has none.</returns>
    public static async ValueTask<InputMark?> MakeAsync(IReadOnlyList<SourceFile> files, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<FileMark> marks = [];
        byte[] block = new byte[BlockLength];
        byte[] numbers = new byte[16];
        foreach (SourceFile file in files)
        {
            if (file.Kind == InputKind.StandardInput)
            {
                return null;
            }

            if (file.Object is { } stored)
            {
                // Storage keeps no two contents under one ETag, so nothing of it needs to be read.
                BinaryPrimitives.WriteInt64LittleEndian(numbers, stored.Length);
                hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\0{stored.EntityTag}\0"));
                hash.AppendData(numbers, 0, sizeof(long));
                marks.Add(new FileMark(file, stored.Length, default, stored.EntityTag));
                continue;
            }

            await using Stream stream = file.OpenRead();
            (long length, DateTime written) = (stream.Length, File.GetLastWriteTimeUtc(file.Path));
            BinaryPrimitives.WriteInt64LittleEndian(numbers, length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(8), written.Ticks);
            hash.AppendData(Encoding.UTF8.GetBytes(file.Name + "\0"));
            hash.AppendData(numbers);
            int head = await stream.ReadAtLeastAsync(block, BlockLength, throwOnEndOfStream: false, cancellationToken);
            hash.AppendData(block, 0, head);
            string ends = Convert.ToHexString(SHA256.HashData(block.AsSpan(0, head)));
            stream.Position = Math.Max(0, length - BlockLength);
            int tail = await stream.ReadAtLeastAsync(block, BlockLength, throwOnEndOfStream: false, cancellationToken);
            hash.AppendData(block, 0, tail);
            ends += Convert.ToHexString(SHA256.HashData(block.AsSpan(0, tail)));
            marks.Add(new FileMark(file, length, written, ends));
        }

        return new InputMark(Convert.ToHexStringLower(hash.GetHashAndReset()), marks);
    }

    /// <summary>Looks again at the files that a path names.</summary>
    /// <exception cref="InputException">They are not what they were; the message says what changed.</exception>
    public async ValueTask RequireUnchangedAsync(string path, BatchReaderOptions options, CancellationToken cancellationToken)
    {
        try
        {
            InputMark? now = await MakeAsync(await SourceFinder.FindAsync(path, options, cancellationToken), cancellationToken);
            if (now?.Fingerprint != Fingerprint)
            {
                throw Changed(Difference(now?.Files ?? []));
            }
        }
        catch (Exception gone) when (gone is InputException { IsMixed: false } or (IOException and not InputUnavailableException) or UnauthorizedAccessException)
        {
            throw new InputException($"The input can no longer be read: {gone.Message}", gone);
        }
    }

    /// <summary>
    /// Whether length and time of a file are what they were: a look at the directory, no more. Each answer that brings a part of an object
    /// tells whether it is still the same, so that nothing needs to be asked.
    /// </summary>
    public bool LooksUnchanged(int file)
    {
        if (Files[file].File.Object is not null)
        {
            return true;
        }

        FileInfo now = new(Files[file].File.Path);
        return now.Exists && now.Length == Files[file].Length && now.LastWriteTimeUtc == Files[file].Written;
    }

    private static InputException Changed(string what) => new(
        $"{what}. Old and new records would be mixed, so nothing of it is used. Run again when nobody writes to the input any more.")
    {
        IsMixed = true,
    };

    private string Difference(IReadOnlyList<FileMark> now)
    {
        if (now.FirstOrDefault(mark => Files.All(before => before.File.Name != mark.File.Name)) is { } added)
        {
            return $"{added.File.Name} was added to the input while it was read";
        }

        foreach (FileMark before in Files)
        {
            if (now.FirstOrDefault(mark => mark.File.Name == before.File.Name) is not { } after)
            {
                return $"{before.File.Name} was removed while the input was read";
            }

            if (before.DifferenceTo(after) is { } difference)
            {
                return $"{before.File.Name} changed while it was read ({difference}): it was written to, or another file took its place";
            }
        }

        return "The input changed while it was read";
    }
}

/// <param name="Ends">Hashes of its first and its last 64 KiB; the ETag of an object.</param>
internal sealed record FileMark(SourceFile File, long Length, DateTime Written, string Ends)
{
    /// <summary>What is different, for people; <see langword="null"/> when nothing is.</summary>
    public string? DifferenceTo(FileMark now)
    {
        List<string> differences = [];
        if (now.Length != Length)
        {
            differences.Add($"{CountText.Show(Length)} bytes became {CountText.Show(now.Length)}");
        }

        if (now.Written != Written)
        {
            differences.Add($"last written {Written:yyyy-MM-dd HH:mm:ss.fff}, now {now.Written:yyyy-MM-dd HH:mm:ss.fff} UTC");
        }

        if (now.Ends != Ends)
        {
            differences.Add(File.Object is null ? "other bytes at its start or end" : $"its ETag was {Ends}, now {now.Ends}");
        }

        return differences.Count == 0 ? null : string.Join(", ", differences);
    }
}
