using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Tests.Batches;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Tests.Staging;

public sealed class CountsJsonTests
{
    [Fact]
    public void Read_WhatWasWrittenOfEveryCount_IsTheSame()
    {
        BatchCounts counts = FilledCounts.Create();

        BatchCounts read = CountsJson.Read(CountsJson.Write(counts));

        FilledCounts.AssertSame(counts, read, 1);
    }

    [Fact]
    public void Read_DocumentOfAnEarlierVersion_HasNoSamplesOfWithheldDifferences()
    {
        BatchCounts read = CountsJson.Read("{\"read\":2,\"keptBack\":{\"name/truncated-note\":2}}");

        Assert.Equal((2, 2), (read.Read, read.KeptBack["name/truncated-note"]));
        Assert.Empty(read.Withheld.Different);
    }

    [Fact]
    public void Write_NothingCounted_IsAnEmptyObject() => Assert.Equal("{}", CountsJson.Write(new BatchCounts()));

    [Fact]
    public void Read_Sample_KeepsItsCharacters()
    {
        BatchCounts counts = new();
        counts.RejectedValues[new RejectedValue("name", "Name", "unmapped", "é\"\\\u0001😀")] = 3;
        counts.RejectedValues[new RejectedValue("name", "Name", "unmapped", null)] = 4;

        Assert.Equal(counts.RejectedValues, CountsJson.Read(CountsJson.Write(counts)).RejectedValues);
    }

    [Fact]
    public void ReadCourse_OfMoments_HasWhatEachAddsAndAllOfTheLast()
    {
        GraphMoment[] moments =
        [
            .. Enumerable.Range(1, GraphCourse.Most).Select(n => new GraphMoment(
                TimeSpan.FromSeconds(n * 1.0004),
                n * 1_000L,
                [new BlockTimes(TimeSpan.FromSeconds(n * 0.1234), TimeSpan.FromSeconds(n * 0.5), TimeSpan.Zero, TimeSpan.FromSeconds(n * 0.3770), default)])),
        ];

        string json = CountsJson.Write(new BatchCounts(), course: moments);
        IReadOnlyList<LoggedPart> parts = CourseJson.Read(json);

        Assert.Equal(GraphCourse.Most, parts.Count);
        Assert.Equal(60_000, parts.Sum(part => part.Records));
        Assert.Equal((1, 1.0), (Math.Round(parts[0].Seconds, 2), Math.Round(parts[1].Second, 2)));
        Assert.Equal(60.024, parts[^1].Second + parts[^1].Seconds, 3);
        Assert.Equal((7.404, 30.0, 22.62), (Sum(times => times.Busy), Sum(times => times.Waiting), Sum(times => times.Blocked)));
        Assert.InRange(json.Length, 1, 2_500);
        double Sum(Func<LoggedTimes, double> time) => Math.Round(parts.Sum(part => time(part.Blocks[0])), 3);
    }

    [Fact]
    public void ReadCourse_OfAShortRunOrNone_IsEmpty()
    {
        GraphMoment[] moments = [.. Enumerable.Range(1, CourseJson.LeastParts - 1).Select(n => new GraphMoment(TimeSpan.FromSeconds(n), n, []))];

        Assert.Equal("{}", CountsJson.Write(new BatchCounts(), course: moments));
        Assert.Empty(CourseJson.Read("{}"));
    }
}
