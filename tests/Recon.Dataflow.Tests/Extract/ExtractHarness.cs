using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Extract;

/// <summary>Reads a text and keeps what came out as comparable texts.</summary>
internal sealed record ReadResult(
    List<string> Records, List<string> Rejects, BatchCounts Counts, List<SourceRange> Ranges, List<long> Numbers,
    IReadOnlyList<string> Warnings);

/// <summary>Runs the reader over bytes: from memory as standard input, or from a file.</summary>
internal static class ExtractHarness
{
    public static CsvBlockDefinition Csv(string id = "id") => new() { Path = "-", Id = id, OnCut = OnCut.Accept };

    public static BatchBlockDefinition Batch(int rows = 1_000, int bytes = 4 * 1024 * 1024) => new() { Rows = rows, Bytes = bytes };

    public static async Task<ReadResult> ReadAsync(
        byte[] bytes, CsvBlockDefinition csv, string[] columns, BatchBlockDefinition? batch = null,
        BatchReaderOptions? options = null, int chunk = int.MaxValue)
    {
        options ??= new BatchReaderOptions { BaseDirectory = Path.GetTempPath() };
        using TrickleStream stream = new(bytes, chunk);
        await using BatchReader reader = await BatchReader.OpenAsync(
            csv, batch ?? Batch(), new DefaultsDefinition(), new SourceColumns(columns),
            options with { StandardInput = stream }, TestContext.Current.CancellationToken);
        return await DrainAsync(reader);
    }

    public static Task<ReadResult> ReadAsync(string text, CsvBlockDefinition? csv = null, params string[] columns)
        => ReadAsync(Encoding.UTF8.GetBytes(text), csv ?? Csv(), columns.Length == 0 ? ["id", "name"] : columns);

    public static async Task<ReadResult> DrainAsync(BatchReader reader)
    {
        ReadResult result = new([], [], new BatchCounts(), [], [], reader.Warnings);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is RecordBatch batch)
        {
            using (batch)
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    result.Records.Add(Row(batch, row));
                }

                result.Rejects.AddRange(batch.Rejects.Select(reject => $"{reject.Line}:{reject.Reason}"));
                result.Counts.Add(batch.Counts);
                result.Ranges.Add(batch.Range);
                result.Numbers.Add(batch.Number);
                Assert.Equal(batch.Counts.Read, batch.RowCount + batch.Counts.Filtered + batch.Counts.Rejected);
                Assert.Equal(batch.Counts.Rejected, batch.Rejects.Count);
            }
        }

        return result;
    }

    public static string Row(RecordBatch batch, int row) => string.Join("|", Enumerable.Range(0, batch.Columns.Count)
        .Select(column => Encoding.UTF8.GetString(batch.Field(row, column))));

    /// <summary>Everything about a batch, as one text.</summary>
    public static string Describe(RecordBatch batch)
    {
        StringBuilder text = new($"{batch.Number} {batch.Range} read {batch.Counts.Read} filtered {batch.Counts.Filtered}\n");
        for (int row = 0; row < batch.RowCount; row++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{batch.Line(row)}@{batch.ByteOffset(row)} {Row(batch, row)}\n");
        }

        foreach (RejectedRecord reject in batch.Rejects)
        {
            text.Append(reject).Append('\n');
        }

        return text.ToString();
    }
}

/// <summary>Gives out bytes in pieces of a chosen size, as pipes do.</summary>
internal sealed class TrickleStream(byte[] bytes, int chunk) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        => base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
}
