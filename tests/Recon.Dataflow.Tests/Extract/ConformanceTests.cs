using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;

namespace Recon.Dataflow.Tests.Extract;

public sealed class ConformanceTests
{
    public static TheoryData<string, string, string, string, string> Cases { get; } = Make();

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task ReadAsync_Case_GivesItsRecordsAndRejects(string topic, string name, string text, string records, string rejects)
    {
        Assert.NotEmpty(name);
        CsvBlockDefinition csv = ExtractHarness.Csv() with { IdType = topic == "number ids" ? IdType.Number : IdType.Text };
        byte[] bytes = Encoding.UTF8.GetBytes("id,name\n" + Unescape(text));
        foreach (int window in new[] { 256 * 1024, 64 })
        {
            ReadResult result = await ExtractHarness.ReadAsync(
                bytes, csv, ["id", "name"], options: new BatchReaderOptions { BaseDirectory = Path.GetTempPath(), WindowBytes = window });

            Assert.Equal(Unescape(records), string.Join(" / ", result.Records));
            Assert.Equal(rejects, string.Join(" / ", result.Rejects));
        }
    }

    [Fact]
    public void Cases_AreAtLeast150AndDifferent()
    {
        string[] texts = [.. Cases.Select(row => $"{row.Data.Item1}: {row.Data.Item3}")];

        Assert.True(texts.Length >= 150, $"only {texts.Length}");
        Assert.Equal(texts.Length, texts.Distinct(StringComparer.Ordinal).Count());
    }

    private static TheoryData<string, string, string, string, string> Make()
    {
        TheoryData<string, string, string, string, string> data = [];
        foreach ((string topic, string[][] cases) in new[]
        {
            ("quotes", ConformanceCases.Quotes), ("broken quotes", ConformanceCases.BrokenQuotes),
            ("lines", ConformanceCases.Lines), ("ragged", ConformanceCases.Ragged), ("values", ConformanceCases.Values),
            ("text ids", ConformanceCases.TextIds), ("number ids", ConformanceCases.NumberIds),
        })
        {
            foreach (string[] row in cases)
            {
                data.Add(topic, row[0], row[1], row[2], row[3]);
            }
        }

        return data;
    }

    private static string Unescape(string text) => text.Replace("\\\\", "\uE000", StringComparison.Ordinal)
        .Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\r", "\r", StringComparison.Ordinal)
        .Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\0", "\0", StringComparison.Ordinal)
        .Replace("\uE000", "\\", StringComparison.Ordinal);
}
