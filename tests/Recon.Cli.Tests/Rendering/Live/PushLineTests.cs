using Recon.Cli.Rendering.Live;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;
using Recon.Push.Sending;

namespace Recon.Cli.Tests.Rendering.Live;

/// <summary>How far a push is, on one line.</summary>
public sealed class PushLineTests
{
    private static readonly PushProgress s_progress = new(
        [(PushState.Written, 1_496), (PushState.Missing, 443)],
        1_939,
        3_356,
        51,
        new RateState(DateTimeOffset.UnixEpoch, Remaining: 128, Max: 190, DailyRemaining: 624_938),
        245,
        TimeSpan.FromSeconds(6));

    [Theory]
    [InlineData(120)]
    [InlineData(80)]
    [InlineData(40)]
    [InlineData(20)]
    public void Draw_AnyWidth_FitsAndTellsHowFarItIs(int width)
    {
        string line = PushLine.Draw("push", s_progress, width).ToString()!;

        Assert.InRange(PushLine.Draw("push", s_progress, width).Length, 1, width);
        Assert.StartsWith("push 57 %", line, StringComparison.Ordinal);
        Assert.Equal(width >= 40, line.Contains("1,939 of 3,356", StringComparison.Ordinal));
    }

    [Fact]
    public void Of_WhileAssociationsAreMade_TellsHowManyAreThere()
    {
        PushProgress linking = s_progress with { Done = 3_356, Links = (5_200, 18_185) };

        Assert.Equal(
            "push: 100 %, 3,356 of 3,356 records, 1,496 written, 443 missing, associations 5,200 of 18,185, 245 records/s, 51 calls, quota 128 of 190, day 624,938",
            PushLine.Of("push", linking));
        Assert.Contains("associations 5,200 of 18,185", PushLine.Draw("push", linking, 80).ToString(), StringComparison.Ordinal);
    }
}
