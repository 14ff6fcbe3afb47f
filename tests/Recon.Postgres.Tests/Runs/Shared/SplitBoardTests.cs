using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

public sealed class SplitBoardTests(PostgresServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Join_AWorkerOfAnotherVersion_IsRefusedWithBothVersions()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);

        JoinReply reply = await rig.JoinAsync("a", "0.0.1-other");

        Assert.Equal((JoinState.Refused, null), (reply.State, reply.Terms));
        Assert.Contains("0.0.1-other", reply.Message, StringComparison.Ordinal);
        Assert.Contains(rig.Context.ToolVersion, reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfAWorkerThatHasNotJoined_IsToldToJoin()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);

        Assert.Equal(OrderState.Rejoin, (await rig.ReportAsync("a", 1)).State);
    }

    [Fact]
    public async Task Report_ForAnotherBoardOfTheSameRun_CountsNothingAndEndsNothing()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        await rig.AskAsync("a", 1);

        WorkerOrders orders = await rig.ReportAsync("a", 0, [1], report => report with
        {
            Board = Guid.NewGuid(),
            Fault = new WorkerFault(WorkerFaultKind.MixedInput, "of before") { HasWritten = true },
            Leaves = true,
        });

        Assert.Equal(OrderState.Rejoin, orders.State);
        Assert.Empty(rig.Told);
        Assert.False(rig.Board.Ended.IsCompleted);
        Assert.Equal(1, rig.Board.Workers().Single().SplitsHeld);
    }

    [Fact]
    public async Task Report_WithAWish_GetsSplitsInTheirOrderAndNoMore()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(4);
        await rig.JoinAsync("a");
        await rig.JoinAsync("b");

        Assert.Equal([1, 3], (await rig.AskAsync("a", 2)).Select(ticket => ticket.Split));
        Assert.Equal([5], (await rig.AskAsync("b", 1)).Select(ticket => ticket.Split));
        Assert.Empty(await rig.AskAsync("b", 0));
    }

    [Fact]
    public async Task Report_NearTheEnd_LeavesSplitsForOthers()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(5);
        rig.Board.EndPlanning();
        foreach (string worker in (string[])["a", "b", "c"])
        {
            await rig.JoinAsync(worker);
        }

        // Five splits for three: two for the first; then one each, and nothing for whoever has some.
        Assert.Equal(2, (await rig.AskAsync("a", 4)).Count);
        Assert.Single(await rig.AskAsync("b", 4));
        Assert.Empty(await rig.AskAsync("a", 4));
        Assert.Single(await rig.AskAsync("c", 4));
    }

    [Fact]
    public async Task Report_OfEveryBatch_EndsTheRun()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(2);
        rig.Board.EndPlanning();
        await rig.JoinAsync("a");
        await rig.AskAsync("a", 2);

        await rig.ReportAsync("a", 0, [1, 2, 3]);
        Assert.False(rig.Board.Ended.IsCompleted);
        WorkerOrders last = await rig.ReportAsync("a", 0, [4]);

        Assert.True(await rig.Board.Ended);
        Assert.Equal(OrderState.Done, last.State);
    }

    [Fact]
    public async Task Report_SaidTwice_CountsOnce()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        rig.Board.EndPlanning();
        await rig.JoinAsync("a");
        await rig.AskAsync("a", 1);

        await rig.ReportAsync("a", 0, [1, 2]);
        await rig.ReportAsync("a", 0, [1, 2]);

        Assert.True(await rig.Board.Ended);
        Assert.Equal((1, 20), (rig.Board.Workers().Single().SplitsDone, rig.Board.Workers().Single().Records));
    }

    [Fact]
    public async Task Report_ThatLeavesASplitUnfinished_HandsItToTheNextWithAnotherEpoch()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(2);
        await rig.JoinAsync("a");
        await rig.JoinAsync("b");
        SplitTicket first = (await rig.AskAsync("a", 1)).Single();

        await rig.ReportAsync("a", 0, [1], report => report with { Leaves = true });
        await rig.Board.Changing;
        SplitTicket again = (await rig.AskAsync("b", 1)).Single();

        // What is committed at its start is not read again.
        Assert.Equal(first.Split, again.Split);
        Assert.True(again.Epoch > first.Epoch);
        Assert.Equal([2], again.Batches.Select(batch => batch.Number));
        Assert.Null(await rig.HoldAsync(new SplitMark(first.Split, first.Epoch)));
    }

    [Fact]
    public async Task Report_OfAWorkerThatLeaves_GivesBackAllThatItHas()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(2);
        await rig.JoinAsync("a");
        await rig.AskAsync("a", 2);

        await rig.ReportAsync("a", change: report => report with { Leaves = true });
        await rig.Board.Changing;
        await rig.JoinAsync("b");

        Assert.Equal([1, 3], (await rig.AskAsync("b", 2)).Select(ticket => ticket.Split));
        Assert.Equal(OrderState.Rejoin, (await rig.ReportAsync("a")).State);
    }

    // With the same epoch, as the worker has begun nothing of it; and nothing new before it has that.
    [Fact]
    public async Task Report_WithoutASplitThatItWasGiven_IsToldItAgain()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(3);
        await rig.JoinAsync("a");
        SplitTicket lost = (await rig.AskAsync("a", 1)).Single();

        WorkerOrders orders = await rig.ReportAsync("a", 1, change: report => report with { Holds = [] });

        SplitTicket again = Assert.Single(orders.Tickets);
        Assert.Equal((lost.Split, lost.Epoch), (again.Split, again.Epoch));
        Assert.Empty(orders.Revoked);
        SplitTicket next = Assert.Single((await rig.ReportAsync("a", 1, change: report => report with { Holds = [new(1, again.Epoch)] })).Tickets);
        Assert.Equal(3, next.Split);
    }

    [Fact]
    public async Task Report_WithoutASplitThatItWasToldTwice_LeavesItToAnother()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        await rig.JoinAsync("healthy");
        SplitTicket lost = (await rig.AskAsync("a", 1)).Single();
        await rig.ReportAsync("a", change: report => report with { Holds = [] });

        WorkerOrders orders = await rig.ReportAsync("a", change: report => report with { Holds = [] });
        await rig.Board.Changing;

        Assert.Empty(orders.Tickets);
        Assert.True((await rig.AskAsync("healthy", 1)).Single().Epoch > lost.Epoch);
    }

    // What happened to a split before says nothing about the way to the worker that has it now.
    [Fact]
    public async Task Report_WithoutASplitThatFailedElsewhere_IsToldItAgain()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("broken");
        await rig.JoinAsync("a");
        await rig.AskAsync("broken", 1);
        await rig.ReportAsync("broken", change: report => report with { Leaves = true, Fault = new WorkerFault(WorkerFaultKind.Passing, "gone") });
        await rig.Board.Changing;
        SplitTicket lost = Assert.Single(await rig.AskAsync("a", 1));

        WorkerOrders orders = await rig.ReportAsync("a", change: report => report with { Holds = [] });

        Assert.Equal(lost.Epoch, Assert.Single(orders.Tickets).Epoch);
    }

    // The question came again while its first answer was still being made.
    [Fact]
    public async Task Report_WhileSplitsAreEnteredForIt_GetsNoMore()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(3);
        await rig.JoinAsync("a");

        Task<IReadOnlyList<SplitTicket>> first = rig.AskAsync("a", 1);
        WorkerOrders again = await rig.ReportAsync("a", 1, change: report => report with { Holds = [] });

        Assert.Equal(1, (await first).Count + again.Tickets.Count(ticket => ticket.Split != 1));
    }

    [Fact]
    public async Task Report_WithoutASplitThatItWasGivenTimeAndAgain_EndsTheRun()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        await rig.AskAsync("a", 1);

        for (int given = 1; given <= SplitTroubles.MostInVain; given++)
        {
            Assert.False(rig.Board.Ended.IsCompleted);
            WorkerOrders orders = await rig.ReportAsync("a", change: report => report with { Holds = [] });
            await rig.Board.Changing;
            if (orders.Tickets.Count == 0 && given < SplitTroubles.MostInVain)
            {
                Assert.Single(await rig.AskAsync("a", 1));
            }
        }

        WorkerFaultException fault = await Assert.ThrowsAsync<WorkerFaultException>(() => rig.Board.Ended);
        Assert.Contains("Batches 1 to 2 of 'things'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("never arrived at the worker of host of a", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_WithASplitThatWasLostOnTheWay_EndsWithoutIt()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        await rig.AskAsync("a", 1);
        rig.Board.Stop();

        WorkerOrders orders = await rig.ReportAsync("a", change: report => report with { Holds = [] });

        Assert.Empty(orders.Tickets);
        Assert.False(await rig.Board.Ended.WaitAsync(Token));
    }

    [Fact]
    public async Task Join_ASecondTime_GivesBackWhatItHad()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        SplitTicket before = (await rig.AskAsync("a", 1)).Single();

        await rig.JoinAsync("a");
        await rig.Board.Changing;

        Assert.True((await rig.AskAsync("a", 1)).Single().Epoch > before.Epoch);
    }

    [Fact]
    public async Task Watch_AWorkerThatIsSilent_GivesItsSplitsToOthersAndTellsItWhenItComesBack()
    {
        var clock = new FakeTimeProvider();
        await using BoardRig rig = await BoardRig.CreateAsync(server, clock, sharing => sharing with { Silence = TimeSpan.FromSeconds(8) });
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await rig.OfferAsync(1);
        rig.Board.EndPlanning();
        await rig.JoinAsync("zombie");
        SplitTicket taken = (await rig.AskAsync("zombie", 1)).Single();
        Task watching = rig.Board.WatchAsync(end.Token);
        await Until.TrueAsync(
            "the silence to be noticed",
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(2));
                return rig.HasSaid("has shown no sign of life");
            },
            Token);
        await rig.Board.Changing;
        await rig.JoinAsync("b");

        SplitTicket given = (await rig.AskAsync("b", 1)).Single();
        WorkerOrders told = await rig.ReportAsync("zombie", 1);

        Assert.Equal(taken.Split, given.Split);
        Assert.Equal([new SplitMark(taken.Split, taken.Epoch)], told.Revoked);
        Assert.Empty(told.Tickets);
        Assert.Null(await rig.HoldAsync(new SplitMark(taken.Split, taken.Epoch)));

        // A batch that it had committed before counts all the same, and so does the other one's.
        await rig.ReportAsync("zombie", 0, [1]);
        await rig.ReportAsync("b", 0, [1, 2]);
        Assert.True(await rig.Board.Ended);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task Watch_NobodyThere_SaysSo()
    {
        var clock = new FakeTimeProvider();
        await using BoardRig rig = await BoardRig.CreateAsync(server, clock);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await rig.OfferAsync(1);
        Task watching = rig.Board.WatchAsync(end.Token);

        await Until.TrueAsync(
            "the message",
            () =>
            {
                clock.Advance(TimeSpan.FromSeconds(3));
                return rig.HasSaid("workers: none has joined");
            },
            Token);

        Assert.Equal("workers: none has joined", rig.Board.WaitsFor);
        await rig.JoinAsync("a");
        Assert.Null(rig.Board.WaitsFor);
        await rig.ReportAsync("a", change: report => report with { Leaves = true });
        Assert.Equal("workers: none is left", rig.Board.WaitsFor);
        await end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watching);
    }

    [Fact]
    public async Task Stop_WithSplitsUnderWay_WaitsForThemAndHandsOutNoMore()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(3);
        await rig.JoinAsync("a");
        await rig.AskAsync("a", 1);

        rig.Board.Stop();

        Assert.Empty(await rig.AskAsync("a", 2));
        Assert.False(rig.Board.Ended.IsCompleted);
        await rig.ReportAsync("a", 0, [1, 2]);
        Assert.False(await rig.Board.Ended);
    }

    [Fact]
    public async Task Stop_WithAFileThatIsOneSplitUnderWay_TakesItBack()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.Board.OfferAsync([.. Enumerable.Range(1, 9).Select(number => new SplitBatch(number, default, []))], Token);
        await rig.JoinAsync("a");
        SplitTicket whole = (await rig.AskAsync("a", 1)).Single();
        await rig.ReportAsync("a", 0, [1, 2]);

        rig.Board.Stop();

        Assert.False(await rig.Board.Ended.WaitAsync(Token));
        Assert.Null(await rig.HoldAsync(new SplitMark(whole.Split, whole.Epoch)));
    }

    [Fact]
    public async Task Stop_WithNobodyAtWork_EndsAtOnce()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);

        rig.Board.Stop();

        Assert.False(await rig.Board.Ended);
    }

    [Fact]
    public async Task Offer_MoreThanAreWanted_WaitsForAWorker()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server, change: sharing => sharing with { SplitsAhead = 2 });
        await rig.OfferAsync(2);
        await rig.JoinAsync("a");

        Task third = rig.Board.OfferAsync([new SplitBatch(5, default, [])], Token);
        Assert.False(third.IsCompleted);
        await rig.AskAsync("a", 1);

        await third;
    }

    [Fact]
    public async Task Report_AfterAnotherRunTookOver_FailsTheRun()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        await rig.ExecuteAsync("update staging.reconciliation_lease set epoch = epoch + 1");

        Assert.Empty(await rig.AskAsync("a", 1));

        await Assert.ThrowsAsync<LeaseLostException>(() => rig.Board.Ended);
    }

    [Fact]
    public async Task Report_WhoseHandOutFailsOnce_GetsItAllTheSame()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        await RefuseHandOutsAsync(rig, "40001", "nextval('staging.tries') = 1");

        Assert.Single(await rig.AskAsync("a", 1));

        Assert.False(rig.Board.Ended.IsCompleted);
    }

    // Nobody comes back for what was to be handed out.
    [Fact]
    public async Task Stop_WithAHandOutThatFails_EndsTheRun()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(1);
        await rig.JoinAsync("a");
        await RefuseHandOutsAsync(rig, "42501", "true");

        Task<IReadOnlyList<SplitTicket>> asked = rig.AskAsync("a", 1);
        rig.Board.Stop();
        await rig.ReportAsync("a", change: report => report with { Leaves = true });

        Assert.Empty(await asked);
        Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => rig.Board.Ended)).SqlState);
    }

    [Fact]
    public async Task Worker_ThatComesAndGoes_IsToldOfOnce()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.OfferAsync(2);
        for (long split = 1; split <= 3; split += 2)
        {
            await rig.JoinAsync("a");
            await rig.AskAsync("a", 1);
            await rig.ReportAsync("a", 0, [split, split + 1], report => report with { Leaves = true });
        }

        WorkerProgress told = Assert.Single(rig.Board.Workers());
        Assert.Equal(("a", 2, 40, null), (told.Name, told.SplitsDone, told.Records, told.LastSeenSeconds));
    }

    [Fact]
    public async Task Workers_OfWhomVeryManyCameAndWent_AreToldOfTogether()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        for (int worker = 0; worker < BoardCrew.MostFormer + 10; worker++)
        {
            await rig.OfferAsync(1);
            await rig.JoinAsync($"{worker}");
            await rig.AskAsync($"{worker}", 1);
            await rig.ReportAsync($"{worker}", 0, [1, 2], report => report with { Leaves = true });
        }

        IReadOnlyList<WorkerProgress> told = rig.Board.Workers();
        Assert.Equal(("others", BoardCrew.MostFormer), (told[0].Name, told.Count));
        Assert.Equal((BoardCrew.MostFormer + 10, 20), (told.Sum(each => each.SplitsDone), told.Sum(each => each.Records)));
    }

    [Fact]
    public async Task Fence_OfASplitThatAnotherWorkerHas_HoldsNothing()
    {
        await using BoardRig rig = await BoardRig.CreateAsync(server);
        await rig.Store.GiveAsync([1], "a", Token);
        long epoch = (await rig.Store.GiveAsync([1], "b", Token))[1];
        using var batch = new RecordBatch(1, new SourceColumns([]), 1);
        await using NpgsqlConnection connection = await rig.Sources.Control.OpenConnectionAsync(Token);

        await new SplitFence(_ => (1, epoch)).HoldAsync(connection, rig.Context.Tables, rig.Run, batch, Token);

        await Assert.ThrowsAsync<SplitTakenException>(
            () => new SplitFence(_ => (1, epoch - 1)).HoldAsync(connection, rig.Context.Tables, rig.Run, batch, Token));
    }

    private static Task RefuseHandOutsAsync(BoardRig rig, string state, string condition) => rig.ExecuteAsync($"""
        create sequence staging.tries;
        create function staging.refuse_hand_outs() returns trigger language plpgsql as $$
        begin
            if {condition} then
                raise exception using errcode = '{state}', message = 'not now';
            end if;
            return new;
        end $$;
        create trigger refusal before insert on staging.reconciliation_split for each row execute function staging.refuse_hand_outs();
        """);
}
