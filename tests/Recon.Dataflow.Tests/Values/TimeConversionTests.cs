using NodaTime;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Tests.Values;

public sealed class TimeConversionTests
{
    [Theory]
    [InlineData("2024-01-05", "2024-01-05")]
    [InlineData("2024-1-5", "2024-01-05")]
    [InlineData("2024-01-05 23:59:59", "2024-01-05")]
    [InlineData("2024-01-05T23:30:00Z", "2024-01-05")]
    [InlineData("2024-02-29", "2024-02-29")]
    [InlineData("2023-02-29", "!not-a-date")]
    [InlineData("2024-13-01", "!not-a-date")]
    [InlineData("05/01/2024", "!not-a-date")]
    [InlineData("27:31.0", "!date-lost")]
    [InlineData("0000-00-00", "!not-a-date")]
    public void Date_Iso_IsADay(string value, string expected)
        => Assert.Equal(expected, Converting.With(new DateDefinition(), value));

    [Theory]
    [InlineData("2024-01-05 10:00:00", "2024-01-05T09:00:00Z")]
    [InlineData("2024-07-05T10:00", "2024-07-05T08:00:00Z")]
    [InlineData("2024-07-05 9:05:07.25", "2024-07-05T07:05:07.250Z")]
    [InlineData("2024-07-05 09:05:07.1239999", "2024-07-05T07:05:07.123Z")]
    [InlineData("2024-07-05 09:05:07.000", "2024-07-05T07:05:07Z")]
    [InlineData("2024-07-05T10:00:00+05:30", "2024-07-05T04:30:00Z")]
    [InlineData("2024-07-05 10:00:00+02", "2024-07-05T08:00:00Z")]
    [InlineData("2024-07-05T10:00:00Z", "2024-07-05T10:00:00Z")]
    [InlineData("2024-01-05", "2024-01-04T23:00:00Z")]
    [InlineData("1850-01-01 12:00:00", "1850-01-01T11:50:39Z")]
    [InlineData("2150-07-01 12:00:00", "2150-07-01T10:00:00Z")]
    [InlineData("2024-10-27 02:30:00", "2024-10-27T00:30:00Z (time-ambiguous)")]
    [InlineData("2024-10-27 03:00:00", "2024-10-27T02:00:00Z")]
    [InlineData("2024-10-27 01:59:59", "2024-10-26T23:59:59Z")]
    [InlineData("2024-03-31 02:30:00", "2024-03-31T01:30:00Z (time-skipped)")]
    [InlineData("2024-03-31 03:00:00", "2024-03-31T01:00:00Z")]
    [InlineData("0001-01-01 00:00:00", "!not-a-date")]
    [InlineData("2024-07-05 24:00:00", "!not-a-date")]
    [InlineData("2024-07-05 10:60:00", "!not-a-date")]
    [InlineData("2024-07-05 10:00:00.", "!not-a-date")]
    [InlineData("2024-07-05 10:00:00+", "!not-a-date")]
    [InlineData("2024-07-05 10", "!not-a-date")]
    [InlineData("1700000000000", "!not-a-date")]
    [InlineData("59:59.9", "!date-lost")]
    public void Datetime_ParisTime_IsUtc(string value, string expected)
        => Assert.Equal(expected, Converting.With(new DatetimeDefinition(), value));

    [Theory]
    [InlineData("2024-10-27 02:30:00", "2024-10-27T01:30:00Z (time-ambiguous)")]
    [InlineData("2024-03-31 02:30:00", "!time-skipped")]
    public void Datetime_LaterAndReject_FollowThePolicy(string value, string expected)
        => Assert.Equal(expected, Converting.With(
            new DatetimeDefinition { Ambiguous = AmbiguousTime.Later, Nonexistent = NonexistentTime.Reject }, value));

    [Fact]
    public void Datetime_AmbiguousRejected_Fails()
        => Assert.Equal("!time-ambiguous", Converting.With(
            new DatetimeDefinition { Ambiguous = AmbiguousTime.Reject }, "2024-10-27 02:30:00"));

    [Theory]
    [InlineData("05/01/2024", "2024-01-04T23:00:00Z")]
    [InlineData("05/01/2024 10:11", "2024-01-05T09:11:00Z")]
    [InlineData("05/01/2024 10:11:12", "2024-01-05T09:11:12Z")]
    [InlineData("5/1/2024", "!not-a-date")]
    [InlineData("05/13/2024", "!not-a-date")]
    [InlineData("2024-01-05", "!not-a-date")]
    public void Datetime_FrenchFormatWithOptionalParts_IsMatchedWhole(string value, string expected)
        => Assert.Equal(expected, Converting.With(new DatetimeDefinition { Formats = ["dd/MM/yyyy[ HH:mm[:ss]]"] }, value));

    [Theory]
    [InlineData("7/4/2024 12:05 AM", "2024-07-04T04:05:00Z")]
    [InlineData("7/4/2024 1:05 pm", "2024-07-04T17:05:00Z")]
    [InlineData("7/4/2024 13:05 PM", "!not-a-date")]
    public void Datetime_AmericanFormat_ReadsTwelveHours(string value, string expected)
        => Assert.Equal(expected, Converting.With(
            new DatetimeDefinition { Formats = ["M/d/yyyy h:mm tt"], Zone = "America/New_York" }, value));

    [Fact]
    public void Datetime_FormatWithOffset_NeedsNoZone()
        => Assert.Equal("2024-01-05T08:11:12.500Z", Converting.With(
            new DatetimeDefinition { Formats = ["d.M.yyyy H:mm:ss.fffK"] }, "5.1.2024 10:11:12.5+02:00"));

    [Theory]
    [InlineData("dd/MM/yy")]
    [InlineData("HH:mm")]
    [InlineData("dd/MM/yyyy[ HH:mm")]
    [InlineData("dd/MM/yyyy]")]
    [InlineData("dd/MM/yyyy dd")]
    [InlineData("dd/MM/yyyy hh:mm")]
    [InlineData("dd/MM/yyyy[a[b[c[d[e]]]]][.][-][;][,]")]
    public void Format_Wrong_IsAProblemOfTheDefinition(string format)
        => Assert.Contains(format, new DateDefinition { Formats = [format] }.Validate().Single().Message, StringComparison.Ordinal);

    [Fact]
    public void Datetime_UnknownZone_IsAProblemOfTheDefinition()
        => Assert.Equal("Zone", new DatetimeDefinition { Zone = "Paris" }.Validate().Single().Member);

    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Africa/Casablanca")]
    [InlineData("Pacific/Apia")]
    public void LocalZone_EveryHalfHour_AgreesWithNodaTime(string id)
    {
        DateTimeZone zone = DateTimeZoneProviders.Tzdb[id];
        LocalZone ours = new(id);
        LocalDateTime end = new(2031, 1, 1, 0, 0);
        for (LocalDateTime local = new(1995, 1, 1, 0, 15); local < end; local = local.PlusMinutes(30))
        {
            NodaTime.TimeZones.ZoneLocalMapping mapping = zone.MapLocal(local);
            long milliseconds = local.InUtc().ToInstant().ToUnixTimeMilliseconds();

            LocalTimeKind kind = ours.Find(milliseconds, out int offset, out int later);

            int count = kind switch { LocalTimeKind.Unique => 1, LocalTimeKind.Ambiguous => 2, _ => 0 };
            Assert.Equal((mapping.Count, mapping.EarlyInterval.WallOffset.Milliseconds), (count, offset));
            Assert.True(count != 2 || later == mapping.LateInterval.WallOffset.Milliseconds);
        }
    }

    [Theory]
    [InlineData("Europe/Paris")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Asia/Kathmandu")]
    public void LocalZone_AskedForTheFirstTime_AnswersAsWithItsTable(string id)
    {
        LocalZone used = new(id);
        LocalDateTime end = new(2025, 1, 1, 0, 0);
        for (LocalDateTime local = new(2023, 1, 1, 0, 15); local < end; local = local.PlusMinutes(30))
        {
            long milliseconds = local.InUtc().ToInstant().ToUnixTimeMilliseconds();

            LocalTimeKind kind = new LocalZone(id).Find(milliseconds, out int offset, out int later);

            Assert.Equal((kind, offset, later), (used.Find(milliseconds, out int held, out int heldLater), held, heldLater));
            Assert.Equal(new LocalZone(id).OffsetAt(milliseconds), used.OffsetAt(milliseconds));
        }
    }
}
