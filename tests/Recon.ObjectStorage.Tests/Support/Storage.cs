using Recon.Dataflow;
using Recon.ObjectStorage.Requests;

namespace Recon.ObjectStorage.Tests.Support;

/// <summary>Object storage for tests: small blocks, and no waits.</summary>
internal static class Storage
{
    public static RequestOptions Options { get; } = new() { Tries = 3, Delay = TimeSpan.Zero, FirstBlock = 10_000, LargestBlock = 40_000 };

    public static ObjectStore Open(Dictionary<string, string>? environment = null, RequestOptions? options = null, TimeProvider? clock = null)
        => ObjectStore.Of((environment ?? []).GetValueOrDefault, options ?? Options, clock ?? TimeProvider.System);

    public static ValueTask<StoredObject> FindAsync(this IObjectStore objects, string address)
        => objects.FindAsync(ObjectAddress.Parse(address, out string problem) ?? throw new ArgumentException(problem), TestContext.Current.CancellationToken);

    /// <summary>Bytes that repeat nowhere near, so that a wrong place shows.</summary>
    public static byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Reads to the end.</summary>
    /// <param name="window">Bytes that are asked for at a time.</param>
    public static async Task<byte[]> ReadAllAsync(this Stream stream, int window = 8192)
    {
        using MemoryStream all = new();
        byte[] part = new byte[window];
        while (await stream.ReadAsync(part, TestContext.Current.CancellationToken) is var read and > 0)
        {
            await all.WriteAsync(part.AsMemory(0, read), TestContext.Current.CancellationToken);
        }

        return all.ToArray();
    }
}
