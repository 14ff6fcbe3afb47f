using Recon.Dataflow.Telemetry;

namespace Recon.Dataflow.Tests.Telemetry;

public sealed class LookupMeterTests
{
    [Fact]
    public void Read_Answers_AddsIdsOfEachKind()
    {
        LookupMeter meter = new("things", "match", metrics: null);

        meter.Answered(10, found: 7, TimeSpan.FromMilliseconds(5));
        meter.AnsweredFromCache(4, TimeSpan.FromMilliseconds(1));
        meter.Remembered(6);

        Assert.Equal(
            new LookupCounts(10, 4, 6, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(5)), meter.Read());
        Assert.Equal(20, meter.Read().Ids);
    }

    [Fact]
    public void Read_NothingAsked_HasNoTimes()
    {
        LookupMeter meter = new("things", "match", metrics: null);

        meter.Answered(0, 0, TimeSpan.FromHours(1));

        Assert.Null(meter.Read().Median);
        Assert.Null(meter.Read().Slowest);
    }

    [Fact]
    public void Read_ManyAnswers_TellsTheLatest()
    {
        LookupMeter meter = new("things", "match", metrics: null);

        for (int answer = 0; answer < 1000; answer++)
        {
            meter.Answered(1, 1, TimeSpan.FromHours(1));
        }

        for (int milliseconds = 1; milliseconds <= 256; milliseconds++)
        {
            meter.Answered(1, 1, TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Equal(TimeSpan.FromMilliseconds(128), meter.Read().Median);
        Assert.Equal(TimeSpan.FromMilliseconds(244), meter.Read().Slowest);
    }
}
