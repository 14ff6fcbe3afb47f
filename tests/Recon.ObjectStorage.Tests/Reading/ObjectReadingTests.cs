using System.IO.Compression;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Tests.Extract;
using Recon.Dataflow.Values;
using Recon.ObjectStorage.Tests.Support;
using Recon.Testing;

namespace Recon.ObjectStorage.Tests.Reading;

/// <summary>What is read from an object is what is read from the file: batches, lines, offsets, rejects.</summary>
public sealed class ObjectReadingTests
{
    private static readonly string s_file = Repository.Shipped("Bronze_Communication.csv");
    private static readonly string[] s_columns = ["Comm_CommunicationId", "Comm_Subject", "Comm_Note"];

    [Theory]
    [InlineData(256 * 1024)]
    [InlineData(4_099)]
    public async Task Read_OfTheShippedSample_GivesTheBatchesOfTheFile(int window)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(await File.ReadAllBytesAsync(s_file, TestContext.Current.CancellationToken));
        using ObjectStore objects = Storage.Open();

        List<string> ofFile = await BatchesAsync(s_file, Options(null, window));
        List<string> ofObject = await BatchesAsync(server.Address, Options(objects, window));

        Assert.Equal(10, ofFile.Count);
        Assert.Equal(ofFile, ofObject);
    }

    [Fact]
    public async Task Read_OfAPackedObject_GivesTheBatchesOfTheFile()
    {
        byte[] content = await File.ReadAllBytesAsync(s_file, TestContext.Current.CancellationToken);
        using MemoryStream packed = new();
        await using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(content, TestContext.Current.CancellationToken);
        }

        await using ObjectServer server = await ObjectServer.StartAsync(packed.ToArray());
        using ObjectStore objects = Storage.Open();

        Assert.Equal(await BatchesAsync(s_file, Options(null)), await BatchesAsync(server.Address, Options(objects)));

        server.Content = packed.ToArray()[..^10];
        server.EntityTag = "\"cut\"";
        InputException cut = await Assert.ThrowsAsync<InputException>(() => BatchesAsync(server.Address, Options(objects)));
        Assert.Contains("things.csv: the gzip file is cut", cut.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    public async Task Read_AfterCommittedBatches_GivesTheOthers(string encoding)
    {
        byte[] content = Encoding.GetEncoding(encoding).GetBytes(await File.ReadAllTextAsync(s_file, TestContext.Current.CancellationToken));
        content = [.. Encoding.GetEncoding(encoding).GetPreamble(), .. content];
        await using ObjectServer server = await ObjectServer.StartAsync(content);
        using ObjectStore objects = Storage.Open();
        var ranges = new Dictionary<long, SourceRange>();
        List<string> all = await BatchesAsync(server.Address, Options(objects), encoding, ranges);
        Dictionary<long, SourceRange> committed = new(ranges);
        committed.Remove(3);
        committed.Remove(9);

        List<string> rest = await BatchesAsync(server.Address, Options(objects) with { ResumeFrom = committed }, encoding);

        Assert.Equal([all[2], all[8]], rest);
    }

    [Theory]
    [InlineData("Comm_CommunicationId,Comm_Subject,Comm_Note\n1,a,b\n2,\u00e4\n", "latin1 in it", "is not valid utf-8")]
    [InlineData("Comm_CommunicationId,Comm_Subject,Comm_Note\n1,a,b\n2,a", "cut", "ends in the middle of a record (line 3, byte 50)")]
    [InlineData("", "empty", "things.csv is empty")]
    [InlineData("a,b\n1,2\n", "other columns", "Comm_CommunicationId")]
    public async Task Read_OfAnObjectThatCannotBeUsed_IsRefusedAsAFileIs(string text, string what, string says)
    {
        await using ObjectServer server = await ObjectServer.StartAsync(Encoding.Latin1.GetBytes(text));
        using ObjectStore objects = Storage.Open();

        InputException refused = await Assert.ThrowsAsync<InputException>(() => BatchesAsync(server.Address + "?sig=secret", Options(objects)));

        Assert.True(refused.Message.Contains(says, StringComparison.Ordinal), $"{what}: {refused.Message}");
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mark_OfAnObject_FollowsNameSizeAndETagAndNotTheQuery()
    {
        await using ObjectServer server = await ObjectServer.StartAsync("id\n1\n"u8.ToArray());
        using ObjectStore objects = Storage.Open();

        InputMark first = await MarkAsync(server.Address + "?sig=1", objects);
        Assert.Equal(first.Fingerprint, (await MarkAsync(server.Address + "?sig=2", objects)).Fingerprint);
        Assert.True(first.LooksUnchanged(0));
        await first.RequireUnchangedAsync(server.Address, Options(objects), TestContext.Current.CancellationToken);

        server.EntityTag = "\"two\"";
        Assert.NotEqual(first.Fingerprint, (await MarkAsync(server.Address, objects)).Fingerprint);
        InputException changed = await Assert.ThrowsAsync<InputException>(
            () => first.RequireUnchangedAsync(server.Address, Options(objects), TestContext.Current.CancellationToken).AsTask());

        Assert.True(changed.IsMixed);
        Assert.Contains("its ETag was \"one\", now \"two\"", changed.Message, StringComparison.Ordinal);
        Assert.All(server.Requests, asked => Assert.True(asked.IsLook));
    }

    [Fact]
    public async Task Read_WithoutObjectStorage_IsRefused()
    {
        InputException refused = await Assert.ThrowsAsync<InputException>(() => BatchesAsync("s3://bucket/a.csv", Options(null)));

        Assert.Contains("this program reads files only", refused.Message, StringComparison.Ordinal);
    }

    private static BatchReaderOptions Options(ObjectStore? objects, int window = 256 * 1024)
        => new() { BaseDirectory = Repository.Root, AllowPathsOutside = true, Objects = objects, WindowBytes = window };

    private static async Task<InputMark> MarkAsync(string address, ObjectStore objects)
        => (await InputMark.MakeAsync(
            await SourceFinder.FindAsync(address, Options(objects), TestContext.Current.CancellationToken), TestContext.Current.CancellationToken))!;

    private static async Task<List<string>> BatchesAsync(
        string path, BatchReaderOptions options, string encoding = "utf-8", Dictionary<long, SourceRange>? ranges = null)
    {
        await using BatchReader reader = await BatchReader.OpenAsync(
            new CsvBlockDefinition { Path = path, Id = s_columns[0], Encoding = encoding },
            new BatchBlockDefinition { Rows = 1_000, Bytes = 1024 * 1024 },
            new DefaultsDefinition(),
            new SourceColumns(s_columns),
            options,
            TestContext.Current.CancellationToken);
        List<string> batches = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch)
        {
            using (batch)
            {
                ranges?.Add(batch.Number, batch.Range);
                batches.Add(ExtractHarness.Describe(batch));
            }
        }

        return batches;
    }
}
