using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Runs.Shared;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

public sealed class WorkerSumsTests(PostgresServer server)
{
    [Fact]
    public async Task Worker_ThatHasLeft_KeepsItsTimesAndHoldsNothing()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 1);
        IReadOnlyList<BlockStats> blocks = ReconciliationGraph.Describe(world.Read().Definition!.Pipelines[0]);
        WorkerSums sums = new(blocks);
        for (int time = 0; time < 2; time++)
        {
            BoardWorker worker = new(new WorkerCard("a", "host", 1, ""), 0);
            sums.Tell(worker, new WorkerFigures([.. blocks.Select(_ => new BlockFigures(10, 20, 30, 40, 50, 3, 7))], [], 5, 0));
            Assert.Equal(7, sums.QueuedIn(1));
            sums.Leave(worker);
        }

        Assert.Equal(20, sums.TimesOf(1).Busy.Ticks);
        Assert.Equal((0, 5, 6), (sums.QueuedIn(1), sums.MostResidentBatches, blocks[1].Batches));
    }
}
