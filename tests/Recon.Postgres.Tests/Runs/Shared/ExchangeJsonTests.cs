using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Recon.Dataflow.Batches;
using Recon.Postgres.Runs.Shared;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>What crosses machines comes out as it went in.</summary>
public sealed class ExchangeJsonTests
{
    [Fact]
    public void Card_AsJson_ComesBack()
        => RequireSame(new WorkerCard("host-1-ab", "host", 1, "1.2.3"), ExchangeJson.Default.WorkerCard);

    [Fact]
    public void Reply_WithTerms_ComesBack() => RequireSame(
        new JoinReply(JoinState.Join, new RunTerms
        {
            Pipeline = "things",
            RunId = Guid.CreateVersion7(),
            Board = Guid.NewGuid(),
            Epoch = long.MaxValue,
            Definition = "abc, maps def",
            InputFingerprint = "things.csv 12",
            Input = "/data/d'été/things.csv",
            AttemptTable = "things__1",
            IsPacked = true,
            Names = 7,
            Mirror = """{"match":{"strategy":"any","reason":"a \"quoted\" one"}}""",
            LastDecision = 12,
            HashSeed = long.MinValue,
            IsTraced = true,
        }),
        ExchangeJson.Default.JoinReply);

    [Theory]
    [InlineData(JoinState.Wait)]
    [InlineData(JoinState.Refused)]
    [InlineData(JoinState.Ended)]
    internal void Reply_WithoutTerms_ComesBack(JoinState state)
        => RequireSame(new JoinReply(state, Message: "why"), ExchangeJson.Default.JoinReply);

    [Fact]
    public void Report_WithEverything_ComesBack() => RequireSame(
        new WorkerReport(
            "host-1-ab",
            Guid.NewGuid(),
            2,
            [new CommittedEntry(5, """{"read":1}""", 99)],
            [new SplitMark(5, 1L << 33)])
        {
            Holds = [new SplitMark(13, 4)],
            Figures = new WorkerFigures(
                [new BlockFigures(1, 2, 3, 4, 5, 6, 7)], [new LookupFigures(1, 2, 3, 4, 5, ["é", "\"x\""], true, null, 8)], 4, 1L << 40),
            Fault = new WorkerFault(WorkerFaultKind.MixedInput, "changed") { HasWritten = true },
            Leaves = true,
        },
        ExchangeJson.Default.WorkerReport);

    [Fact]
    public void Report_WithNothing_ComesBack()
        => RequireSame(new WorkerReport("w", Guid.Empty, 0, [], []), ExchangeJson.Default.WorkerReport);

    [Fact]
    public void Orders_WithTickets_ComeBackWithTheirRanges()
    {
        var ticket = new SplitTicket(5, 2, [new SplitBatch(5, new SourceRange(1, 1L << 40, (1L << 40) + 7, 11, 12), [0, 3])]);

        WorkerOrders back = RequireSame(
            new WorkerOrders(OrderState.GoOn, [ticket], [new SplitMark(1, 1)]), ExchangeJson.Default.WorkerOrders);

        Assert.Equal(ticket.Batches[0].Range, back.Tickets[0].Batches[0].Range);
        Assert.Equal([0, 3], back.Tickets[0].Batches[0].Suspects);
    }

    // Lists in records are compared by their text.
    private static T RequireSame<T>(T value, JsonTypeInfo<T> type)
    {
        string text = JsonSerializer.Serialize(value, type);
        T back = JsonSerializer.Deserialize(text, type)!;
        Assert.Equal(text, JsonSerializer.Serialize(back, type));
        Assert.Equivalent(value, back, strict: true);
        return back;
    }
}
