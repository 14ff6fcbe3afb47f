using System.Buffers;
using System.Text;

namespace Recon.Discovery.Profiling.Input;

/// <summary>What the bytes of a file tell of its encoding.</summary>
internal sealed class ByteCensus
{
    private const int MostLines = 64 * 1024;
    private const int Window = 256 * 1024;

    private readonly List<byte> _lines = [];

    /// <summary>Bytes beyond ASCII.</summary>
    public long Beyond { get; private set; }

    /// <summary>Characters of UTF-8 beyond ASCII.</summary>
    public long Characters { get; private set; }

    /// <summary>Sequences of bytes that are not UTF-8.</summary>
    public long Invalid { get; private set; }

    /// <summary>Where the first of them is, in bytes of the file; of the unpacked file, where it is packed.</summary>
    public long FirstInvalid { get; private set; } = -1;

    /// <summary>Lines that hold bytes beyond ASCII.</summary>
    public byte[] Lines => [.. _lines];

    public static async Task<ByteCensus> TakeAsync(SampledInput input, CancellationToken cancellationToken)
    {
        var census = new ByteCensus();
        byte[] buffer = new byte[Window];
        for (int part = 0; part < input.Parts.Count; part++)
        {
            await using Stream stream = input.OpenPart(part);
            long offset = input.Parts[part].Start;
            int held = 0;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                int read = input.Guard(() => stream.Read(buffer, held, buffer.Length - held));
                int count = held + read;
                int taken = census.Take(buffer.AsSpan(0, count), offset, isEnd: read == 0);
                if (read == 0)
                {
                    break;
                }

                offset += taken;
                held = count - taken;
                buffer.AsSpan(taken, held).CopyTo(buffer);
            }
        }

        return census;
    }

    private int Take(ReadOnlySpan<byte> bytes, long offset, bool isEnd)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            int plain = bytes[at..].IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
            if (plain < 0)
            {
                return bytes.Length;
            }

            at += plain;
            OperationStatus status = Rune.DecodeFromUtf8(bytes[at..], out _, out int length);
            if (status == OperationStatus.NeedMoreData && !isEnd)
            {
                return at;
            }

            Beyond += length;
            if (status == OperationStatus.Done)
            {
                Characters++;
            }
            else
            {
                FirstInvalid = Invalid == 0 ? offset + at : FirstInvalid;
                Invalid++;
            }

            Keep(bytes, at);
            at += length;
        }

        return at;
    }

    // The line once, at its first byte beyond ASCII.
    private void Keep(ReadOnlySpan<byte> bytes, int at)
    {
        int start = bytes[..at].LastIndexOfAny((byte)'\n', (byte)'\r') + 1;
        if (_lines.Count >= MostLines || bytes[start..at].ContainsAnyInRange((byte)0x80, (byte)0xFF))
        {
            return;
        }

        int length = bytes[at..].IndexOfAny((byte)'\n', (byte)'\r');
        int end = length < 0 ? bytes.Length : at + length;
        _lines.AddRange(bytes[start..Math.Min(end, start + 4096)]);
        _lines.Add((byte)'\n');
    }
}
