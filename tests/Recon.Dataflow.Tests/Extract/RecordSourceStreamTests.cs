using System.Runtime.CompilerServices;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

public sealed class RecordSourceStreamTests
{
    private static readonly Gen<string?> s_value = Gen.OneOf(
        Gen.Const((string?)null),
        Gen.String[Gen.Char["abé,\"\r\n;'=-\u202f€"], 0, 12].Select(text => (string?)text));

    [Fact]
    public async Task Open_AnyValues_ComeOutAsTheyWentIn()
        => await Gen.Select(s_value, s_value).Array[0, 40].SampleAsync(
            async values =>
            {
                string?[][] records = [.. values.Select((pair, index) => new[] { $"{index + 1}", pair.Item1, pair.Item2 })];

                ReadResult read = await ReadAsync(new Source(["id", "name", "note"], records), "id", "name", "note");

                Assert.Equal(records.Select(record => string.Join("|", record.Select(Kept))), read.Records);
                Assert.Empty(read.Rejects);
            },
            iter: 100);

    [Fact]
    public async Task Open_NoRecords_IsAnEmptyInput()
    {
        ReadResult read = await ReadAsync(new Source(["id"], []), "id");

        Assert.Empty(read.Records);
    }

    [Fact]
    public async Task Open_RecordsThatBreakTheRules_AreRejectedWithTheirLine()
    {
        ReadResult read = await ReadAsync(new Source(["id"], [["1"], [null], ["3"]]), "id");

        Assert.Equal(["1", "3"], read.Records);
        Assert.Equal([$"3:{RejectReasons.IdMissing}"], read.Rejects);
    }

    [Fact]
    public async Task Open_TheDefinitionIsForAnotherNotation_IsReadInItsOwn()
    {
        CsvBlockDefinition french = ExtractHarness.Csv() with
        {
            Path = "export.csv",
            Delimiter = ";",
            Quote = "'",
            Encoding = "windows-1252",
            Header = false,
            Columns = ["name", "id"],
        };

        ReadResult read = await ReadAsync(new Source(["id", "name"], [["1", "a;b'é"]]), french, "id", "name");

        Assert.Equal(["1|a;b'é"], read.Records);
    }

    [Fact]
    public async Task Open_RecordWithAnotherNumberOfValues_IsRefused()
    {
        InputException refused = await Assert.ThrowsAsync<InputException>(
            () => ReadAsync(new Source(["id", "name"], [["1", "a"], ["2"]]), "id"));

        Assert.Contains("1 values, but has 2 columns", refused.Message, StringComparison.Ordinal);
    }

    // Given as numbers: attributes hold UTF-8, in which a half cannot be written.
    [Theory]
    [InlineData(0xD83D)]
    [InlineData(0xDE00)]
    public async Task Open_HalfOfASurrogatePair_IsRefusedRatherThanReplaced(int half)
    {
        var source = new Source(["id", "name"], [["1", $"cut, {(char)half}"]]);

        InputException refused = await Assert.ThrowsAsync<InputException>(() => ReadAsync(source, "id", "name"));

        Assert.Contains("surrogate pair", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SourceThrows_ReadingThrowsTheSame()
    {
        var source = new Source(["id"], [["1"]]) { Failure = new TimeoutException("the service is away") };

        TimeoutException thrown = await Assert.ThrowsAsync<TimeoutException>(() => ReadAsync(source, "id"));

        Assert.Equal("the service is away", thrown.Message);
    }

    [Fact]
    public async Task Open_ReaderStopsEarly_TheSourceEnds()
    {
        var source = new Source(["id"], null);
        using var ended = new CancellationTokenSource();
        await using (Stream stream = RecordSourceStream.Open(source, ended.Token))
        {
            byte[] some = new byte[64];
            await stream.ReadExactlyAsync(some, TestContext.Current.CancellationToken);
        }

        await source.Ended.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private static string Kept(string? value) => Recon.Dataflow.Text.Utf8WhiteSpace.Trim(value ?? "") is var text && text == "-" ? "" : text;

    private static Task<ReadResult> ReadAsync(Source source, params string[] columns) => ReadAsync(source, ExtractHarness.Csv(), columns);

    private static async Task<ReadResult> ReadAsync(Source source, CsvBlockDefinition csv, params string[] columns)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        await using Stream stream = RecordSourceStream.Open(source, token);
        await using BatchReader reader = await BatchReader.OpenAsync(
            RecordSourceStream.Notation(csv),
            ExtractHarness.Batch(),
            new DefaultsDefinition(),
            new SourceColumns(columns),
            new BatchReaderOptions { BaseDirectory = Path.GetTempPath(), StandardInput = stream },
            token);
        return await ExtractHarness.DrainAsync(reader);
    }

    /// <summary>Gives out records; without any given, for ever.</summary>
    private sealed class Source(IReadOnlyList<string> columns, string?[][]? records) : IRecordSource
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IReadOnlyList<string> Columns => columns;

        public Exception? Failure { get; init; }

        public Task Ended => _ended.Task;

        public async IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            try
            {
                for (int index = 0; records is null || index < records.Length; index++)
                {
                    await Task.Yield();
                    yield return records?[index] ?? [$"{index}"];
                }

                if (Failure is not null)
                {
                    throw Failure;
                }
            }
            finally
            {
                _ended.TrySetResult();
            }
        }
    }
}
