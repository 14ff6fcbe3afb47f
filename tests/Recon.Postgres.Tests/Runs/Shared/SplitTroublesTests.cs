using Recon.Dataflow.Extract;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>A failure that one worker has is its own; one that follows a split ends the run.</summary>
public sealed class SplitTroublesTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(WorkerFaultKind.Input, typeof(InputException))]
    [InlineData(WorkerFaultKind.Mirror, typeof(MirrorException))]
    [InlineData(WorkerFaultKind.Staging, typeof(StagingException))]
    [InlineData(WorkerFaultKind.Other, typeof(WorkerFaultException))]
    internal async Task Fault_OfASecondWorkerWithTheSameSplit_FailsTheRunAsTheSameFaultDoesElsewhere(WorkerFaultKind kind, Type type)
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);

        await BreakAsync(rig, "a", new WorkerFault(kind, "of one"));
        Assert.False(rig.Board.Ended.IsCompleted);
        await BreakAsync(rig, "b", new WorkerFault(kind, "of both"));

        Assert.Equal("of both", (await Assert.ThrowsAsync(type, () => rig.Board.Ended)).Message);
    }

    [Fact]
    public async Task Fault_OfOneWorker_LeavesItsSplitToAnotherOne()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(2);
        rig.Board.EndPlanning();
        await rig.JoinAsync("healthy");
        await BreakAsync(rig, "a", new WorkerFault(WorkerFaultKind.Other, "no memory"));
        await rig.JoinAsync("a");

        // It is not the one to try what broke in it.
        Assert.Equal([3], (await rig.AskAsync("a", 1)).Select(ticket => ticket.Split));
        Assert.Equal([1], (await rig.AskAsync("healthy", 1)).Select(ticket => ticket.Split));
        await rig.ReportAsync("a", 0, [3, 4]);
        await rig.ReportAsync("healthy", 0, [1, 2]);

        Assert.True(await rig.Board.Ended);
    }

    [Fact]
    public async Task Fault_OfTheOnlyWorkerWithTheSameSplitAgain_FailsTheRun()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);

        await BreakAsync(rig, "a", new WorkerFault(WorkerFaultKind.Other, "broken"));
        await BreakAsync(rig, "a", new WorkerFault(WorkerFaultKind.Other, "broken"));

        await Assert.ThrowsAsync<WorkerFaultException>(() => rig.Board.Ended);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, true)]
    [InlineData(false, true, true)]
    public async Task MixedInput_OfAWorker_FailsTheRunWhereTheCoordinatorSeesItOrBatchesOfItMayBeCommitted(bool isChanged, bool hasWritten, bool ends)
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        rig.IsInputChanged = isChanged;
        await rig.OfferAsync(1);

        OrderState answer = await BreakAsync(rig, "a", new WorkerFault(WorkerFaultKind.MixedInput, "another file") { HasWritten = hasWritten });

        Assert.Equal(ends ? OrderState.Done : OrderState.GoOn, answer);
        Assert.Equal(ends, rig.Board.Ended.IsFaulted);
        if (ends)
        {
            Assert.True((await Assert.ThrowsAsync<InputException>(() => rig.Board.Ended)).IsMixed);
        }
    }

    [Fact]
    public async Task PassingFault_ThatComesWithASplitAgainAndAgain_FailsTheRunAndNamesTheSplit()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(2);
        await rig.JoinAsync("stays");
        await rig.AskAsync("stays", 1);
        for (int time = 1; time < SplitTroubles.MostInVain; time++)
        {
            await BreakAsync(rig, $"{time}", new WorkerFault(WorkerFaultKind.Passing, "too slow"));
        }

        Assert.False(rig.Board.Ended.IsCompleted);
        await BreakAsync(rig, "last", new WorkerFault(WorkerFaultKind.Passing, "too slow still"));

        Exception fault = await Assert.ThrowsAsync<WorkerFaultException>(() => rig.Board.Ended);
        Assert.Equal(
            "Batches 3 to 4 of 'things' were given to workers 5 times in a row without one of them being committed. "
            + "The last time: too slow still",
            fault.Message);
    }

    [Fact]
    public async Task PassingFault_WithBatchesCommittedBetween_DoesNotFailTheRun()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        for (int time = 0; time < SplitTroubles.MostInVain; time++)
        {
            await BreakAsync(rig, $"{time}", new WorkerFault(WorkerFaultKind.Passing, "gone"), time == 2 ? [1] : []);
        }

        Assert.False(rig.Board.Ended.IsCompleted);
    }

    // A worker that is stopped, or joins again, has no trouble with what it had.
    [Fact]
    public async Task Worker_ThatLeavesWithoutAFault_IsNoTrouble()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        for (int time = 0; time < SplitTroubles.MostInVain; time++)
        {
            await BreakAsync(rig, $"{time}", null);
        }

        Assert.False(rig.Board.Ended.IsCompleted);
    }

    private static async Task<OrderState> BreakAsync(BoardRig rig, string worker, WorkerFault? fault, IEnumerable<long>? committed = null)
    {
        await rig.JoinAsync(worker);
        Assert.Single(await rig.AskAsync(worker, 1));
        WorkerOrders orders = await rig.ReportAsync(worker, 0, committed, report => report with { Fault = fault, Leaves = true });
        await rig.Board.Changing.WaitAsync(Token);
        return orders.State;
    }
}
