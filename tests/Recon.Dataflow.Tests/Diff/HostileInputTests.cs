using System.Globalization;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Tests.Definition;
using Recon.Dataflow.Values;


namespace Recon.Dataflow.Tests.Diff;

/// <summary>Definitions and files that nobody in his right mind would write, from a fixed seed.</summary>
public sealed class HostileInputTests
{
    private const int Inputs = 10_000;

    private static readonly string[] s_definition =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "-1", "0", "1e999", "\\ud800", "\"trim\"", "\"number\"", "\"datetime\"", "\"html\"",
        "//", "\0", "é𝄞", "\"Mail\"", "\"First\"", "99999999999", "\"fill-blank\"", "\"utf-16\"", "\"windows-1252\"", "\";\"", "\"'\"",
    ];

    private static readonly byte[][] s_csv =
    [
        "\""u8.ToArray(), ","u8.ToArray(), ";"u8.ToArray(), "\n"u8.ToArray(), "\r\n"u8.ToArray(), "\r"u8.ToArray(), [0], [0xff, 0xfe], [0xef, 0xbb, 0xbf],
        [0xc3], [0xf0, 0x9f, 0x98], "NULL"u8.ToArray(), "1e308"u8.ToArray(), "1900-02-30 25:61"u8.ToArray(), "=cmd|' /C calc'!A0"u8.ToArray(),
        "<b><i>&#0;&bogus;"u8.ToArray(), "a@b@c"u8.ToArray(), "\u00a0\u200b"u8.ToArray(), Encoding.UTF8.GetBytes(new string('9', 400)), "\"\"\"\""u8.ToArray(),
    ];

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Run_TenThousandHostileInputs_EndsEachTimeWithCountsOrAMessage()
    {
        byte[] definition = Encoding.UTF8.GetBytes(DefinitionSamples.Valid);
        byte[] csv = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 12).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{i},First {i},mail{i}@example.org,{i % 3},\"0\"\n"))));
        var random = new Random(20_240_229);
        int read = 0;
        for (int input = 0; input < Inputs; input++)
        {
            byte[] text = random.Next(3) == 0 ? definition : Mutate(definition, random, [.. s_definition.Select(Encoding.UTF8.GetBytes)]);
            byte[] file = Mutate(csv, random, s_csv);
            try
            {
                read += await RunAsync(text, file) ? 1 : 0;
            }
            catch (Exception exception) when (exception is InputException or ConversionSetupException)
            {
                Assert.False(string.IsNullOrWhiteSpace(exception.Message));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"Input {input}: {exception.Message}\n{Convert.ToBase64String(text)}\n{Convert.ToBase64String(file)}", exception);
            }
        }

        // Most definitions are refused; enough have to go all the way.
        Assert.InRange(read, Inputs / 10, Inputs);
    }

    private static async Task<bool> RunAsync(byte[] definition, byte[] csv)
    {
        DefinitionReading reading = DefinitionReader.Parse(definition, "hostile.json");
        if (reading.Definition is not { } parsed)
        {
            Assert.NotEmpty(reading.Problems);
            return false;
        }

        ValidPipeline pipeline = parsed.Pipelines[0];
        PipelineColumns columns = PipelineColumns.Of(pipeline);
        using var stream = new MemoryStream(csv);
        await using BatchReader reader = await BatchReader.OpenAsync(
            pipeline.Csv with { Path = "-" }, pipeline.Batch, parsed.Defaults, columns.Source,
            new BatchReaderOptions { BaseDirectory = Path.GetTempPath(), StandardInput = stream, OptionalColumns = columns.OptionalSource },
            TestContext.Current.CancellationToken);
        var context = new ConversionContext(parsed.Defaults, Path.GetTempPath(), false);
        ReconciliationPlan plan = ReconciliationPlan.Compile(
            pipeline, context, reader.MissingColumns, new HashSet<string>(StringComparer.Ordinal));
        var differ = new RecordDiffer(plan, () => new RowCollector(plan));
        while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } batch)
        {
            using (batch)
            {
                foreach (ValidLookup lookup in pipeline.Lookups)
                {
                    MirrorRows rows = lookup.Role == LookupRole.Match
                        ? Diffing.Mirror(plan, (7, new Dictionary<string, string> { ["email"] = "old@example.org" }))
                        : Diffing.Mirror(plan.Columns.Mirror);
                    batch.Answers.Add(Diffing.Answer(
                        rows, [.. Enumerable.Range(0, batch.RowCount).Select(row => rows.Count > 0 && row % 2 == 0 ? (int[])[0] : [])]));
                }

                differ.Diff(batch);
                Assert.True(batch.Counts.Balances, batch.ToString());
                Assert.Equal(batch.Counts.Staged, ((RowCollector)batch.Staged!).Rows.Count);
            }
        }

        return true;
    }

    private static byte[] Mutate(byte[] original, Random random, byte[][] pieces)
    {
        List<byte> bytes = [.. original];
        for (int edit = random.Next(1, 4); edit > 0; edit--)
        {
            int at = random.Next(bytes.Count + 1);
            bytes.RemoveRange(at, Math.Min(random.Next(12), bytes.Count - at));
            bytes.InsertRange(at, pieces[random.Next(pieces.Length)]);
        }

        return [.. bytes];
    }
}
