using Recon.Postgres.Runs.Shared;

namespace Recon.Postgres.Tests.Runs.Shared;

public sealed class SplitFeedTests
{
    [Fact]
    public void Feed_ClosedForGood_AsksForNoMoreAndKeepsWhatItHas()
    {
        SplitFeed feed = new();
        feed.Open(4);
        Assert.Equal(2, feed.Wants);
        feed.Offer([new SplitTicket(1, 1, [new SplitBatch(1, default, [])])]);

        feed.Close();

        Assert.Equal((0, false), (feed.Wants, feed.IsEmpty));
    }
}
