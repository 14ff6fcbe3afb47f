using Recon.HubSpot.Api;
using Recon.Push.Sending;

namespace Recon.Push.Tests.Sending;

/// <summary>HubSpot may suspend an app of which more than one call in twenty fails, for whatever reason.</summary>
public sealed class PushTallyTests
{
    [Theory]
    [InlineData(200, 10, 0, false)]
    [InlineData(200, 11, 0, true)]
    [InlineData(99, 50, 0, false)]
    [InlineData(200, 34, 24, false)]
    [InlineData(200, 35, 24, true)]
    [InlineData(1_000, 80, 40, true)] // those that take batches apart are calls like others once they are many
    public void Push_OfWhichCallsFail_StopsAboveFivePercent(int calls, int failed, int takingApart, bool stops)
    {
        var tally = new PushTally(forecast: 0);
        Times(calls, tally.Called);
        Times(failed, tally.Fail);
        Times(takingApart, tally.TakeApart);

        Assert.Equal(failed, tally.Failed);
        Assert.Equal(stops, Record.Exception(tally.StopIfFailing) is HubspotException);
    }

    private static void Times(int times, Action act)
    {
        for (int time = 0; time < times; time++)
        {
            act();
        }
    }
}
