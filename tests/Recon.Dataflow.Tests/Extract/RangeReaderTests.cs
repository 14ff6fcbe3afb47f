using System.IO.Compression;
using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>Batches that are read again by where they lie come out as they did in one reading of the input.</summary>
public sealed class RangeReaderTests : IDisposable
{
    private const string Dirty = """"
        id,name,note
        1,plain,x
        2,"two
        lines","say ""hi"""

        3,é€ß,  pad  
        9,"open,x
        4,gone,x
        5,"a,b",""
        9,st"ray,x
        9,too,many,fields
        9,few
        ,no id,x
        not a number,bad id,x
        6,NULL,x
        7,"never closed, until

        8,the,end
        """";

    private static readonly string[] s_columns = ["id", "name", "note"];

    private static readonly Gen<byte[]> s_noise = Gen.OneOf("\"", ",", "\n", "\r", "\r\n", "a", "1", "é", " ", "\"\"", "\uFEFF", "😀", "xyz", "1,a,b\n", "2,\"c\nd\",e\n")
        .Array[0, 60].Select(parts => Encoding.UTF8.GetBytes("id,name,note\n" + string.Concat(parts)));

    private readonly string _folder = Directory.CreateTempSubdirectory("recon-ranges-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("utf-8", "\n", "", false)]
    [InlineData("utf-8", "\r\n", "\uFEFF", false)]
    [InlineData("utf-8", "\r", "", false)]
    [InlineData("utf-8", "\r\n", "", true)]
    [InlineData("utf-16le", "\r\n", "\uFEFF", false)]
    [InlineData("utf-16le", "\n", "", true)]
    [InlineData("windows-1252", "\r\n", "", false)]
    [InlineData("windows-1252", "\n", "", true)]
    public async Task ReadAsync_FromEveryBatch_GivesWhatOneReadingGives(string encoding, string lineBreak, string mark, bool isPacked)
    {
        foreach (int copies in (int[])[1, 40])
        {
            string text = mark + string.Concat(Enumerable.Repeat(Dirty.ReplaceLineEndings(lineBreak) + lineBreak, copies));
            Write("one.csv", text, encoding, isPacked);
            Write("two.csv", mark + "id,note,name" + lineBreak + "11,n,m" + lineBreak + "12,o,p", encoding, isPacked);
            CsvBlockDefinition csv = ExtractHarness.Csv() with
            {
                Path = "*.csv",
                Encoding = encoding,
                IdType = IdType.Number,
                Exclude = [new ConditionDefinition { Column = "name", EqualTo = "gone" }],
            };
            foreach ((int window, int rows, int bytes) in ((int, int, int)[])[(64, 1, 4096), (100, 3, 30), (256 * 1024, 4, 4096)])
            {
                List<Cut> whole = await ReadAsync(csv, window, rows, bytes);
                await RequireEachAsync(whole, csv, window, rows, bytes);
            }
        }
    }

    [Fact]
    public void ReadAsync_OfAnyInputInAnyOrder_GivesWhatOneReadingGives()
        => Gen.Select(s_noise, s_noise, Gen.Int[1, 3], Gen.Int[64, 200], Gen.Int[0, 99].Array[1, 12], Gen.OneOf("", ".gz", ".u16")).Sample(
            (first, second, rows, window, order, kind) => Run(async () =>
            {
                string name = Guid.NewGuid().ToString("N");
                foreach ((string file, byte[] bytes) in ((string, byte[])[])[(name + "-1", first), (name + "-2", second)])
                {
                    Write(file, Encoding.UTF8.GetString(bytes), kind == ".u16" ? "utf-16le" : "utf-8", kind == ".gz");
                }

                CsvBlockDefinition csv = ExtractHarness.Csv() with { Path = name + "-?", Encoding = kind == ".u16" ? "utf-16le" : "utf-8" };
                List<Cut> whole = await ReadAsync(csv, window, rows, bytes: 50);
                await using BatchReader reader = await OpenAsync(csv, window, rows, bytes: 50);
                foreach (int place in whole.Count == 0 ? [] : order)
                {
                    Cut wanted = whole[place % whole.Count];
                    await reader.SeekAsync(wanted.Number, wanted.Range, TestContext.Current.CancellationToken);
                    Cut? found = await NextAsync(reader);
                    Assert.True(found == wanted, $"{Encoding.UTF8.GetString(first)}\n---\n{Encoding.UTF8.GetString(second)}\n--- wanted\n{wanted}\n--- found\n{found}");
                }

                return true;
            }),
            iter: 500);

    [Fact]
    public async Task ReadAsync_AtTheEndOfTheFile_EndsThere()
    {
        Write("one.csv", "id,name,note\n1,a,b\n2,c,d\n", "utf-8", isPacked: false);
        Write("two.csv", "id,name,note\n3,e,f\n", "utf-8", isPacked: false);
        CsvBlockDefinition csv = ExtractHarness.Csv() with { Path = "*.csv" };
        List<Cut> whole = await ReadAsync(csv, 100, rows: 2, bytes: 4096);
        await using BatchReader reader = await OpenAsync(csv, 100, rows: 2, bytes: 4096);

        await reader.SeekAsync(1, whole[0].Range, TestContext.Current.CancellationToken);

        Assert.Equal(whole[0], await NextAsync(reader));
        Assert.Null(await NextAsync(reader));
        await reader.SeekAsync(2, whole[1].Range, TestContext.Current.CancellationToken);
        Assert.Equal(whole[1], await NextAsync(reader));
    }

    [Fact]
    public async Task SeekAsync_OfAFileThatIsNotThere_IsRefused()
    {
        Write("one.csv", "id,name,note\n1,a,b\n", "utf-8", isPacked: false);
        await using BatchReader reader = await OpenAsync(ExtractHarness.Csv() with { Path = "one.csv" }, 100, rows: 2, bytes: 4096);

        await Assert.ThrowsAsync<InputException>(
            () => reader.SeekAsync(7, new SourceRange(1, 13, 19, 2, 3), TestContext.Current.CancellationToken).AsTask());
    }

    // One reader that goes on, one that goes back, and one for each batch.
    private async Task RequireEachAsync(List<Cut> whole, CsvBlockDefinition csv, int window, int rows, int bytes)
    {
        foreach (IEnumerable<Cut> order in (IEnumerable<Cut>[])[whole.Where((_, index) => index % 3 != 1), whole.AsEnumerable().Reverse()])
        {
            await using BatchReader reader = await OpenAsync(csv, window, rows, bytes);
            foreach (Cut cut in order)
            {
                await reader.SeekAsync(cut.Number, cut.Range, TestContext.Current.CancellationToken);
                Assert.Equal(cut, await NextAsync(reader));
            }
        }

        foreach (Cut cut in whole.Where((_, index) => index < 20 || index % 10 == 0))
        {
            await using BatchReader reader = await OpenAsync(csv, window, rows, bytes);
            await reader.SeekAsync(cut.Number, cut.Range, TestContext.Current.CancellationToken);
            Assert.Equal(cut, await NextAsync(reader));
        }
    }

    private async Task<List<Cut>> ReadAsync(CsvBlockDefinition csv, int window, int rows, int bytes)
    {
        await using BatchReader reader = await OpenAsync(csv, window, rows, bytes);
        List<Cut> cuts = [];
        while (await NextAsync(reader) is { } cut)
        {
            cuts.Add(cut);
        }

        return cuts;
    }

    private static async Task<Cut?> NextAsync(BatchReader reader)
    {
        using RecordBatch? batch = await reader.ReadAsync(TestContext.Current.CancellationToken);
        return batch is null ? null : new Cut(batch.Number, batch.Range, ExtractHarness.Describe(batch));
    }

    private ValueTask<BatchReader> OpenAsync(CsvBlockDefinition csv, int window, int rows, int bytes)
        => BatchReader.OpenAsync(
            csv, ExtractHarness.Batch(rows, bytes), new DefaultsDefinition(), new SourceColumns(s_columns),
            new BatchReaderOptions { BaseDirectory = _folder, WindowBytes = window }, TestContext.Current.CancellationToken);

    private void Write(string name, string text, string encoding, bool isPacked)
    {
        byte[] bytes = encoding switch
        {
            "utf-16le" => Encoding.Unicode.GetBytes(text),
            "windows-1252" => [.. text.Select(character => character == '€' ? (byte)0x80 : (byte)character)],
            _ => Encoding.UTF8.GetBytes(text),
        };
        using Stream file = File.Create(Path.Combine(_folder, name));
        if (isPacked)
        {
            using GZipStream gzip = new(file, CompressionLevel.Fastest);
            gzip.Write(bytes);
            return;
        }

        file.Write(bytes);
    }

#pragma warning disable VSTHRD002 // The asynchronous sampling of CsCheck waits for ever under xunit's context.
    private static bool Run(Func<Task<bool>> test) => Task.Run(test).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002

    private sealed record Cut(long Number, SourceRange Range, string Text);
}
