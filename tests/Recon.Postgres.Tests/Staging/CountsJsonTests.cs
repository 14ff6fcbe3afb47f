using Recon.Dataflow.Batches;
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
}
