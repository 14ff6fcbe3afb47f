using System.IO.Compression;
using Recon.Dataflow;
using Recon.ObjectStorage.Tests.Support;

namespace Recon.ObjectStorage.Tests.Requests;

/// <summary>An object's stream holds what the object does, at every size of blocks and reads.</summary>
public sealed class RangeStreamTests
{
    private static readonly byte[] s_content = Storage.Bytes(100_003);

    [Theory]
    [InlineData(1, 1_000_000, 1_000_000, 2)]
    [InlineData(7, 1_000, 1_000, 0)]
    [InlineData(4_096, 1_000, 7_000, 1)]
    [InlineData(8_192, 10_000, 40_000, 2)]
    [InlineData(100_003, 33_333, 33_333, 5)]
    [InlineData(1_000_000, 100_003, 100_003, 2)]
    public async Task Read_InWindowsAndBlocksOfAnySize_GivesTheObjectByteForByte(int window, int first, int largest, int ahead)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open(options: Storage.Options with { FirstBlock = first, LargestBlock = largest, Ahead = ahead });

        StoredObject found = await objects.FindAsync(server.Address);
        await using Stream stream = found.OpenRead();

        Assert.Equal(s_content, await stream.ReadAllAsync(window));
        Assert.Equal((s_content.Length, "\"one\"", s_content.Length), (found.Length, found.EntityTag, stream.Position));
        Assert.Equal(s_content[..4], found.Head.ToArray());
        Assert.All(server.Requests, asked => Assert.InRange(asked.To - asked.From + 1, 1, Math.Max(first, largest)));
        Assert.All(server.Requests.Where(asked => !asked.IsLook), asked => Assert.Equal("\"one\"", asked.Headers.IfMatch.ToString()));
        Assert.Equal(s_content.Length, server.Requests.Where(asked => !asked.IsLook).Sum(asked => asked.To - asked.From + 1));
    }

    [Fact]
    public async Task Read_AfterJumps_GivesWhatStandsThere()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        await using Stream stream = (await objects.FindAsync(server.Address)).OpenRead();
        byte[] part = new byte[1_000];

        foreach (int at in (int[])[50_000, 0, 9_500, 99_003, 60_000, 100_003, 10_000])
        {
            stream.Seek(at, SeekOrigin.Begin);
            int read = await stream.ReadAtLeastAsync(part, part.Length, throwOnEndOfStream: false, TestContext.Current.CancellationToken);

            Assert.Equal(s_content.AsSpan(at, Math.Min(1_000, s_content.Length - at)), part.AsSpan(0, read));
        }
    }

    [Fact]
    public async Task Open_WithoutReading_AsksForNothing()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        StoredObject found = await objects.FindAsync(server.Address);

        await using (Stream stream = found.OpenRead())
        {
            stream.Position = 5_000;
        }

        Assert.Single(server.Requests);
    }

    // Often a header or a sample is all that is wanted of an object of many gigabytes.
    [Fact]
    public async Task Read_OfTheBeginning_FetchesOneSmallBlock()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        using ObjectStore objects = Storage.Open();
        await using Stream stream = (await objects.FindAsync(server.Address)).OpenRead();

        await stream.ReadExactlyAsync(new byte[10_000], TestContext.Current.CancellationToken);

        Assert.Equal((0, 9_999), (server.Requests.Last().From, server.Requests.Last().To));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Read_OfAPackedObject_CanBeUnpacked()
    {
        using MemoryStream packed = new();
        await using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(s_content, TestContext.Current.CancellationToken);
        }

        await using ObjectServer server = await ObjectServer.StartAsync(packed.ToArray());
        using ObjectStore objects = Storage.Open();
        await using Stream stream = (await objects.FindAsync(server.Address)).OpenRead();
        await using GZipStream unpacked = new(stream, CompressionMode.Decompress);

        Assert.Equal(s_content, await unpacked.ReadAllAsync());
    }

    [Fact]
    public async Task Find_ObjectWithoutABytes_IsEmpty()
    {
        await using ObjectServer server = await ObjectServer.StartAsync([]);
        using ObjectStore objects = Storage.Open();

        StoredObject found = await objects.FindAsync(server.Address);
        await using Stream stream = found.OpenRead();

        Assert.Equal((0, "\"one\"", 0), (found.Length, found.EntityTag, (await stream.ReadAllAsync()).Length));
    }

    [Fact]
    public async Task Dispose_WhileBlocksAreFetched_EndsTheirRequests()
    {
        await using ObjectServer server = await ObjectServer.StartAsync(s_content);
        TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Trouble = async (http, request) =>
        {
            if (request.From < 10_000)
            {
                return false;
            }

            http.RequestAborted.Register(() => gone.TrySetResult());
            asked.TrySetResult();
            await gone.Task;
            return true;
        };
        using ObjectStore objects = Storage.Open();
        using CancellationTokenSource impatient = new();
        await using (Stream stream = (await objects.FindAsync(server.Address)).OpenRead())
        {
            await stream.ReadExactlyAsync(new byte[10_000], TestContext.Current.CancellationToken);
            ValueTask<int> next = stream.ReadAsync(new byte[1], impatient.Token);
            await asked.Task;
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
        }

        await gone.Task;
    }
}
