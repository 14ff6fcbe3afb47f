using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Postgres.Tests.Tuning;

public sealed class TuneSettingsTests
{
    [Fact]
    public void Changes_PresentSettings_AreNone()
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        Assert.Empty(TuneSettings.Of(pipeline).Changes(pipeline));
    }

    [Fact]
    public void Changes_MoreAtATime_RaiseTheCapacityThatIsTooSmall()
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        IReadOnlyList<DefinitionChange> changes = (TuneSettings.Of(pipeline) with { Parallelism = 4, Writers = 2 }).Changes(pipeline);

        Assert.Equal(
            [
                new("things", "match", "parallelism", "4"), new("things", "match", "capacity", "8"),
                new("things", "mail", "parallelism", "4"), new("things", "mail", "capacity", "8"),
                new("things", "parent", "parallelism", "4"), new("things", "parent", "capacity", "8"),
                new("things", "stage", "writers", "2"), new("things", "stage", "capacity", "4"),
            ],
            changes);
    }

    [Fact]
    public void Changes_MoreComparedAtATime_AreThoseOfTheDiff()
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        Assert.Equal(
            [new("things", "diff", "parallelism", "4"), new("things", "diff", "capacity", "8")],
            (TuneSettings.Of(pipeline) with { Diffs = 4 }).Changes(pipeline));
    }

    [Theory]
    [InlineData(2, new int[] { })]
    [InlineData(4, new[] { 2 })]
    [InlineData(64, new[] { 2, 4, 8, 16 })]
    public void Candidates_Diffs_LeaveCoresForTheRest(int cores, int[] expected)
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        Assert.Equal(expected, TuneCandidates.Of(TuneAspect.Diffs, TuneSettings.Of(pipeline), pipeline, 10_000, cores).Select(settings => settings.Diffs ?? 0));
    }

    [Fact]
    public void Changes_FewerAtATime_LeaveTheCapacity()
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        IReadOnlyList<DefinitionChange> changes = (TuneSettings.Of(pipeline) with { Parallelism = 1 }).Changes(pipeline);

        Assert.All(changes, change => Assert.Equal(("parallelism", "1"), (change.Key, change.Json)));
    }

    [Fact]
    public void Changes_Strategy_LeavesFallbacksAlone()
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        IReadOnlyList<DefinitionChange> changes = (TuneSettings.Of(pipeline) with { Strategy = LookupStrategy.Cache }).Changes(pipeline);

        Assert.Equal(
            [new("things", "match", "strategy", "\"cache\""), new("things", "parent", "strategy", "\"cache\"")], changes);
    }

    [Fact]
    public void Candidates_BatchRows_NeedEightBatchesInTheSlice()
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        Assert.Equal(
            [250, 500],
            TuneCandidates.Of(TuneAspect.BatchRows, TuneSettings.Of(pipeline), pipeline, 10_000, 2).Select(settings => settings.BatchRows));
        Assert.Equal(
            [250, 500, 2_000, 5_000],
            TuneCandidates.Of(TuneAspect.BatchRows, TuneSettings.Of(pipeline), pipeline, 50_000, 2).Select(settings => settings.BatchRows));
    }

    [Fact]
    public void Candidates_WhatTheDefinitionHas_IsNotTriedAgain()
    {
        ValidPipeline pipeline = ScriptedTrials.Pipeline();

        Assert.Equal(
            [1, 4], TuneCandidates.Of(TuneAspect.Parallelism, TuneSettings.Of(pipeline), pipeline, 10_000, 2).Select(settings => settings.Parallelism));
        Assert.Equal(
            [LookupStrategy.Auto, LookupStrategy.Cache],
            TuneCandidates.Of(TuneAspect.Strategy, TuneSettings.Of(pipeline), pipeline, 10_000, 2).Select(settings => settings.Strategy));
    }
}
