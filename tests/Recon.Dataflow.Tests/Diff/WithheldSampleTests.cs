using System.Text;
using CsCheck;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values.Choice;


namespace Recon.Dataflow.Tests.Diff;

public sealed class WithheldSampleTests
{
    [Fact]
    public void Diff_DifferenceThatIsWithheld_LeavesASample()
    {
        DiffOutcome outcome = Diffing.One(Diffing.Property() with { Policy = UpdatePolicy.CompareOnly }, "Acme", "Other");

        Assert.Equal([new WithheldSample("name", "compare-only", "L1", "Acme", "Other") { At = (0, 2) }], outcome.Counts.Withheld.Different);
    }

    [Fact]
    public void Diff_ManyDifferences_LeaveAFewSamplesAndAnExactCount()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline([Diffing.Property() with { Policy = UpdatePolicy.CompareOnly }]));
        Dictionary<string, string>[] rows =
            [.. Enumerable.Range(0, 100).Select(number => new Dictionary<string, string> { ["Id"] = $"{number}", ["Name"] = $"{number}" })];
        using RecordBatch batch = Diffing.Batch(plan, rows);
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (1, new Dictionary<string, string>())), [.. rows.Select(_ => (int[])[0])]));

        Diffing.Run(plan, batch);

        Assert.Equal(100, batch.Counts.KeptBack["name/compare-only"]);
        Assert.Equal(Enumerable.Range(0, WithheldSamples.MostShown).Select(number => $"{number}"), batch.Counts.Withheld.Different.Select(sample => sample.Legacy));
        Assert.All(batch.Counts.Withheld.Different, sample => Assert.Null(sample.Hubspot));
    }

    // Many differences of few texts, and as many different ones; what a worker has seen decides what it still keeps.
    [Fact]
    public void Diff_BatchesOfAnySizeInAnyOrderByAnyWorkers_KeepTheSamplesOfTheFirstRecords()
    {
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline(
        [
            Diffing.Property() with { Policy = UpdatePolicy.CompareOnly },
            Diffing.Property("type", "Type") with { Policy = UpdatePolicy.CompareOnly },
        ]));
        WithheldSample[] expected = Keep(plan, [300], 1, new Random(0));
        Assert.Equal(2 * WithheldSamples.MostKept, expected.Length);

        Gen.Select(Gen.Int[1, 90].Array[1, 30], Gen.Int[1, 5], Gen.Int[0, 1_000]).Sample(
            (sizes, workers, seed) => Assert.Equal(expected, Keep(plan, sizes, workers, new Random(seed))), iter: 60);
    }

    private static WithheldSample[] Keep(ReconciliationPlan plan, int[] sizes, int workers, Random random)
    {
        List<RecordBatch> batches = [];
        for (int first = 0, size = 0; first < 300; first += size)
        {
            size = Math.Min(sizes[batches.Count % sizes.Length], 300 - first);
            RecordBatch batch = new(batches.Count + 1, plan.Columns.Source, size);
            for (int row = 0; row < size; row++)
            {
                int number = first + row;
                batch.AddRow(number + 2, number * 10);
                foreach (string column in plan.Columns.Source.Names)
                {
                    batch.AddField(plan.Columns.Source.IndexOf(column), Encoding.UTF8.GetBytes(column == "Name" ? $"{number % 30}" : $"{number}"));
                }
            }

            batch.Counts.Read = size;
            batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (1, new Dictionary<string, string>())), [.. Enumerable.Repeat<int[]>([0], size)]));
            batches.Add(batch);
        }

        RecordDiffer[] differs = [.. Enumerable.Range(0, workers).Select(_ => new RecordDiffer(plan))];
        RecordBatch[] order = [.. batches];
        random.Shuffle(order);
        Array.ForEach(order, batch => differs[random.Next(workers)].Diff(batch));
        random.Shuffle(order);
        BatchCounts sum = new();
        Array.ForEach(order, batch => sum.Add(batch.Counts));
        batches.ForEach(batch => batch.Dispose());
        return [.. sum.Withheld.Kept];
    }

    [Fact]
    public void Diff_RecordThatIsRejected_LeavesNoSample()
    {
        MapDefinition map = new() { Values = new Dictionary<string, string> { ["a"] = "b" }, OnUnmapped = UnmappedPolicy.RejectRow };
        ReconciliationPlan plan = Diffing.Plan(Diffing.Pipeline(
            [Diffing.Property() with { Policy = UpdatePolicy.CompareOnly }, Diffing.Property("status", "Status") with { Convert = [map] }]));
        using RecordBatch batch = Diffing.Batch(plan, new Dictionary<string, string> { ["Id"] = "1", ["Name"] = "x", ["Status"] = "?" });
        batch.Answers.Add(Diffing.Answer(Diffing.Mirror(plan, (1, new Dictionary<string, string>())), [0]));

        Diffing.Run(plan, batch);

        Assert.Empty(batch.Counts.KeptBack);
        Assert.Empty(batch.Counts.Withheld.Different);
    }

    [Theory]
    [InlineData("Acme", "Other", "Acme", "Other")]
    [InlineData("", "Other", null, "Other")]
    [InlineData("Acme SA", "Acme", "Acme SA", "Acme")]
    [InlineData("0123456789 0123456789 a", "0123456789 0123456789 b", "0123456789 0123456789 a", "0123456789 0123456789 b")]
    [InlineData("0123456789 0123456789 012345é789a b", "0123456789 0123456789 012345é789a", "…012345é789a b", "…012345é789a")]
    [InlineData("xéééééééééééééa", "xéééééééééééééb", "…ééééééa", "…ééééééb")]
    public void Cut_TwoTexts_ShowsWhereTheyBeginToDiffer(string legacy, string hubspot, string? shownLegacy, string? shownHubspot)
        => Assert.Equal((shownLegacy, shownHubspot), SampleTexts.Cut(Encoding.UTF8.GetBytes(legacy), Encoding.UTF8.GetBytes(hubspot)));

    [Fact]
    public void Cut_LongTexts_AreOfAHundredCharacters()
    {
        string same = string.Concat(Enumerable.Repeat("é😀 ", 100_000));

        (string? legacy, string? hubspot) = SampleTexts.Cut(Encoding.UTF8.GetBytes(same), Encoding.UTF8.GetBytes(same + same));

        Assert.InRange(legacy!.Length, 2, 100);
        Assert.InRange(hubspot!.Length, 99, 100);
        Assert.StartsWith(legacy, hubspot, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', hubspot);
    }
}
