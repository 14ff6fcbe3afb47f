using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Postgres.Runs;

namespace Recon.Postgres.Tests.Runs;

public sealed class SampleCollectorTests
{
    [Fact]
    public void Samples_BatchesInAnyOrder_AreTheFirstOfTheInput()
    {
        var collector = new SampleCollector(2);
        foreach (int number in (int[])[3, 1, 2])
        {
            using var batch = new RecordBatch(number, new SourceColumns(["Id"]), 1);
            collector.OnRecord(batch, 1, Record(number, 2, VerdictKind.Change));
            collector.OnRecord(batch, 0, Record(number, 1, number == 1 ? VerdictKind.Same : VerdictKind.Change));
        }

        Assert.Equal(["1/2", "2/1"], collector.Samples.Select(sample => sample.LegacyId));
    }

    private static RecordVerdict Record(int batch, int line, VerdictKind kind) => new(
        line, $"{batch}/{line}", 1, "matched", null, [1], null, [new PropertyVerdict("name", "a", "a", "b", kind, "overwrite")]);
}
