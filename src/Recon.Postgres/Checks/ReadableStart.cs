using System.Text;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Checks;

/// <summary>The start of a file whose encoding is wrong, made readable, so that its header can be looked at all the same.</summary>
internal static class ReadableStart
{
    private const int Length = 64 * 1024;

    /// <summary>Reads the start of a file that is declared to be UTF-8.</summary>
    /// <returns>Its text, with U+FFFD for what is not UTF-8; <see langword="null"/> when there is no such single file on disk.</returns>
    public static async Task<Stream?> ReadAsync(CsvBlockDefinition csv, string baseDirectory, CancellationToken cancellationToken)
    {
        if (ObjectAddress.Is(csv.Path))
        {
            return null;
        }

        string path = Path.GetFullPath(csv.Path, baseDirectory);
        bool isInside = path.StartsWith(Path.TrimEndingDirectorySeparator(baseDirectory) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        if (TextEncoding.Find(csv.Encoding) != TextEncoding.Utf8 || !isInside || !File.Exists(path)
            || File.ResolveLinkTarget(path, returnFinalTarget: false) is not null)
        {
            return null;
        }

        byte[] start = new byte[Length];
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        int length = await file.ReadAtLeastAsync(start, Length, throwOnEndOfStream: false, cancellationToken);
        if (length == 0)
        {
            return null;
        }

        ReadOnlyMemory<byte> read = start.AsMemory(0, length);

        // UTF-16 and gzip do not become anything with a header.
        return read.Span.Contains((byte)0) ? null : new MemoryStream(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(read.Span)));
    }
}
