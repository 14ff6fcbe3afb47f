using System.Buffers.Binary;

namespace Recon.Dataflow.Extract;

/// <summary>
/// Tells a whole gzip file from a cut one. The runtime's decoder takes the end of the file for the end of the data, so
/// a download that broke off would pass for a shorter export.
/// </summary>
internal static class GzipTrailer
{
    /// <summary>Compares the length that the file states with what came out of it.</summary>
    /// <exception cref="InputException">The lengths differ.</exception>
    public static async ValueTask CheckAsync(SourceFile file, long unpacked, CancellationToken cancellationToken)
    {
        await using Stream raw = file.OpenRead();
        uint sum = 0;
        byte[] bytes = new byte[256 * 1024];
        int held = 0;
        bool first = true;
        while (true)
        {
            int read = await raw.ReadAsync(bytes.AsMemory(held), cancellationToken);
            int count = held + read;
            if (read == 0)
            {
                uint last = count >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(count - 4)) : 0;
                if (first || (last != (uint)unpacked && sum + last != (uint)unpacked))
                {
                    throw new InputException($"{file.Name}: the gzip file is cut or damaged: it does not end with the "
                        + $"length of its content ({unpacked} bytes came out). Copy or pack it again.");
                }

                return;
            }

            sum += SumOfInnerLengths(bytes.AsSpan(0, count), ref first);

            // Room for a header (10 bytes) and the length before it (4) that lie across two reads.
            held = Math.Min(13, count);
            bytes.AsSpan(count - held, held).CopyTo(bytes);
        }
    }

    /// <summary>The lengths that stand before the headers of further members (files packed one after the other).</summary>
    private static uint SumOfInnerLengths(ReadOnlySpan<byte> bytes, ref bool first)
    {
        uint sum = 0;
        int from = 0;
        if (first)
        {
            first = bytes.Length < 18;
            from = 14;
        }

        for (int at = Math.Max(from, 4); at + 10 <= bytes.Length; at++)
        {
            if (bytes[at] == 0x1F && bytes[at + 1] == 0x8B && bytes[at + 2] == 8 && (bytes[at + 3] & 0xE0) == 0
                && bytes[at + 8] is (0 or 2 or 4))
            {
                sum += BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at - 4)..]);
            }
        }

        return sum;
    }
}
