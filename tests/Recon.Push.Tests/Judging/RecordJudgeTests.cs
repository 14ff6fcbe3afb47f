using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Judging;
using Recon.Push.Tests.Support;

namespace Recon.Push.Tests.Judging;

/// <summary>What a record's history says of whether it may be sent.</summary>
public sealed class RecordJudgeTests
{
    private static readonly DateTimeOffset s_sent = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Edits_OfAValueWithoutHistory_CountAsAPersons()
    {
        Assert.Equal(PushState.Owned, RecordJudge.OfEdits(Item(), Live("Old 1"), s_sent).State);
        Assert.Null(RecordJudge.OfEdits(Item(), Live(""), s_sent).State);
        Assert.Null(RecordJudge.OfEdits(Item(), Live(null), s_sent).State);
    }

    [Fact]
    public void Edits_AtATimeThatCannotBeRead_CountAsLater()
    {
        Finding finding = RecordJudge.OfEdits(Item(), Live("Old 1", new HistoryItem("Old 1", null, "CRM_UI", null, null, "7")), s_sent);

        Assert.Equal((PushState.Owned, "CRM_UI, user 7"), (finding.State, finding.ChangedBy));
    }

    [Theory]
    [InlineData("CRM_UI", 600, PushState.Stale)]
    [InlineData("CRM_UI", -30, PushState.Stale)] // clocks differ
    [InlineData("CRM_UI", -600, null)]
    [InlineData("CRM_UI", null, PushState.Stale)]
    [InlineData("WORKFLOWS", 1, PushState.Stale)]
    [InlineData("INTEGRATION", -1, null)]
    internal void Reverts_WrittenAfterTheItemWasSent_KeepItFromBeingSentAgain(string source, int? secondsLater, PushState? expected)
    {
        var last = new HistoryItem("Old 1", secondsLater is { } seconds ? s_sent.AddSeconds(seconds) : null, source, null, null, null);

        Assert.Equal(expected, RecordJudge.OfReverts(Item() with { State = PushState.Sending, SentAt = s_sent }, Live("Old 1", last)).State);
    }

    [Fact]
    public void Reverts_OfAValueWithoutHistory_AreNotRuledOut()
    {
        Assert.Equal(PushState.Stale, RecordJudge.OfReverts(Item() with { SentAt = s_sent }, Live("Old 1")).State);
        Assert.Null(RecordJudge.OfReverts(Item() with { SentAt = s_sent }, Live(null)).State);
    }

    private static PushItem Item()
        => new(1, 1, PushWorld.Item(1), PushState.Approved) { Sent = new Dictionary<string, string> { ["name"] = "New 1" } };

    private static LiveRecord Live(string? name, params HistoryItem[] history) => new(
        PushWorld.Id(1),
        new Dictionary<string, string?> { ["name"] = name },
        history.Length == 0 ? new Dictionary<string, IReadOnlyList<HistoryItem>>() : new Dictionary<string, IReadOnlyList<HistoryItem>> { ["name"] = history });
}
