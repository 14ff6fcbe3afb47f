using System.IO.Compression;
using Recon.Dataflow.Extract;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Tests.Profiling;

/// <summary>Of a large file the beginning, the middle and the end are looked at; what is no table is refused.</summary>
public sealed class SampledFileTests : IDisposable
{
    private readonly Exports _exports = new();

    public void Dispose() => _exports.Dispose();

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16le")]
    [InlineData("utf-16be")]
    [InlineData("windows-1252")]
    public async Task ReadAsync_OfAFileThatIsLargerThanTheSample_TakesRecordsFromThreePlaces(string encoding)
    {
        byte[] text = Exports.Encode(Text(40_000), encoding);

        FileSample sample = await _exports.ProfileAsync(text, new ProfileOptions { MostBytes = 256 * 1024, MostRows = 500 });

        FileProfile profile = sample.Profile;
        Assert.Equal((true, encoding, 0), (profile.IsSampled, profile.Encoding.Value, profile.Malformed));
        Assert.InRange(profile.BytesSeen, 250 * 1024, 270 * 1024);
        Assert.InRange(sample.Rows.Count, 250, 500);
        int[] ids = [.. sample.Rows.Select(row => int.Parse(Assert.IsType<string>(row[0]), System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(0, ids[0]);
        Assert.Contains(ids, id => id is > 18_000 and < 22_000);
        Assert.Contains(ids, id => id > 39_800);
        Assert.Equal(ids, ids.Order());
        Assert.Empty(profile.Damage);
    }

    [Fact]
    public async Task ReadAsync_OfAGzipFile_LooksAtItsBeginning()
    {
        using MemoryStream packed = new();
        await using (GZipStream gzip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Exports.Encode(Text(40_000), "utf-8"), TestContext.Current.CancellationToken);
        }

        FileSample whole = await _exports.ProfileAsync(packed.ToArray());
        FileSample head = await _exports.ProfileAsync(packed.ToArray(), new ProfileOptions { MostBytes = 256 * 1024 });

        Assert.Equal((40_000, false, 0), (whole.Profile.Records, whole.Profile.IsSampled, whole.Profile.Notes.Count));
        Assert.Equal((true, 0), (head.Profile.IsSampled, head.Profile.Malformed));
        Assert.InRange(head.Profile.Records, 1_000, 20_000);
        Assert.Contains("only its beginning", Assert.Single(head.Profile.Notes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("PK\u0003\u0004aaaaaaaaaaaaaaaaaaxl/", "Excel workbook")]
    [InlineData("PK\u0003\u0004aaaaaaaaaaaaaaaaaaaa", "ZIP archive")]
    [InlineData("%PDF-1.4\n", "PDF")]
    [InlineData("SQLite format 3\0aaaa", "SQLite")]
    [InlineData("\u0001\u0002\u0003\0\u0004\u0005\u0006\0\u0007\u0001\u0002\u0003\u0004", "binary data")]
    [InlineData("{\"a\": 1}\n", "JSON")]
    [InlineData("<html><body>Sign in</body></html>", "web page")]
    public async Task ReadAsync_OfWhatIsNoTable_Refuses(string content, string why)
    {
        InputException refused = await Assert.ThrowsAsync<InputException>(() => _exports.ProfileAsync(content));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-", "Standard input")]
    [InlineData("/tmp", "is a folder")]
    [InlineData("nowhere-at-all.csv", "There is no file")]
    public async Task ReadAsync_OfWhatIsNoFile_Refuses(string path, string why)
    {
        InputException refused = await Assert.ThrowsAsync<InputException>(() => FileProfiler.ReadAsync(path, new ProfileOptions(), TestContext.Current.CancellationToken));

        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    // As large as ought to be, and no more of it in memory than of a small one.
    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task ReadAsync_OfThreeGigabytes_KeepsNoMoreMemoryThanOfThirtyMegabytes()
    {
        long small = await HeldAsync(30);
        long large = await HeldAsync(3_000);

        Assert.InRange(large, 0, (3 * small) + (64 * 1024 * 1024));
    }

    private async Task<long> HeldAsync(int megabytes)
    {
        byte[] block = Exports.Encode(Text(8_000)[Text(1).IndexOf('\n', StringComparison.Ordinal)..], "utf-8");
        string path = _exports.Write("Id,Société,Créée le,Montant,Note"u8.ToArray());
        await using (FileStream file = new(path, FileMode.Append))
        {
            while (file.Length < megabytes * 1_000_000L)
            {
                await file.WriteAsync(block.AsMemory(1), TestContext.Current.CancellationToken);
            }
        }

        FileSample sample = await FileProfiler.ReadAsync(path, new ProfileOptions(), TestContext.Current.CancellationToken);
        long held = GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes;
        GC.KeepAlive(sample);
        return held;
    }

    private static string Text(int records) => "Id,Société,Créée le,Montant,Note\n" + string.Concat(Enumerable.Range(0, records).Select(index =>
        $"{index},Société {index % 977},2020-0{1 + (index % 9)}-1{index % 10},{index % 4999}.25,\"{(index % 5 == 0 ? $"Bonjour, n° {index}\n- à voir\n\nfin" : $"Il a dit \"\"oui\"\" {index}")}\"\n"));
}
