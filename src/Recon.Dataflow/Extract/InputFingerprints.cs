using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recon.Dataflow.Extract;

/// <summary>Tells cheaply whether an input is still the one that an earlier attempt read.</summary>
internal static class InputFingerprints
{
    private const int BlockLength = 64 * 1024;

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, over each file's name (as the definition knows it), length, time of the last
    /// write, first 64 KiB and last 64 KiB. An edit in the middle shows by the time. <see langword="null"/> for
    /// standard input, which has none.
    /// </summary>
    public static async ValueTask<string?> MakeAsync(IReadOnlyList<SourceFile> files, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockLength];
        byte[] numbers = new byte[16];
        foreach (SourceFile file in files)
        {
            if (file.Kind == InputKind.StandardInput)
            {
                return null;
            }

            await using FileStream stream = new(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            BinaryPrimitives.WriteInt64LittleEndian(numbers, stream.Length);
            BinaryPrimitives.WriteInt64LittleEndian(numbers.AsSpan(8), File.GetLastWriteTimeUtc(file.Path).Ticks);
            hash.AppendData(Encoding.UTF8.GetBytes(file.Name + "\0"));
            hash.AppendData(numbers);
            hash.AppendData(block, 0, await stream.ReadAtLeastAsync(block, BlockLength, throwOnEndOfStream: false, cancellationToken));
            stream.Position = Math.Max(0, stream.Length - BlockLength);
            hash.AppendData(block, 0, await stream.ReadAtLeastAsync(block, BlockLength, throwOnEndOfStream: false, cancellationToken));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
