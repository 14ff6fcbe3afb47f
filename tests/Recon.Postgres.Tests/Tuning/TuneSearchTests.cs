using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow.Definition;
using Recon.Postgres.Tuning;

namespace Recon.Postgres.Tests.Tuning;

/// <summary>The search over measurements that follow from a formula.</summary>
public sealed class TuneSearchTests
{
    private readonly ValidPipeline _pipeline = ScriptedTrials.Pipeline();

    private TuneSettings Present => TuneSettings.Of(_pipeline);

    [Fact]
    public async Task Search_NothingFaster_KeepsThePresentSettingsAndConfirmsNothing()
    {
        TuneReport report = await SearchAsync(new ScriptedTrials((_, _) => 1));

        Assert.Equal(Present, report.Recommended);
        Assert.Empty(report.Recommended.Changes(_pipeline));
        Assert.DoesNotContain(report.Rounds, round => round.Aspect == TuneAspect.Confirmation);
    }

    [Fact]
    public async Task Search_EachAspectFaster_FindsAllOfThem()
    {
        TuneReport report = await SearchAsync(new ScriptedTrials((settings, _) => 1.0
            * (settings.BatchRows == 500 ? 0.8 : 1)
            * (settings.Parallelism == 4 ? 0.8 : 1)
            * (settings.Writers == 2 ? 0.8 : 1)
            * (settings.Strategy == LookupStrategy.Cache ? 0.5 : 1)));

        Assert.Equal(new TuneSettings(500, 4, 2, LookupStrategy.Cache), report.Recommended);
        Assert.Equal(1 - (0.8 * 0.8 * 0.8 * 0.5), report.Gain, 6);
        Assert.Equal(TuneAspect.Confirmation, report.Rounds[^1].Aspect);
    }

    // The model of docs/tuning.md for cores that nothing else needs: the block that takes longest for a batch decides.
    [Fact]
    public async Task Search_ManyCores_FindsWritersLookupsAndDiffsOfTheModel()
    {
        var trials = new ScriptedTrials((settings, _) =>
            Math.Max(0.6, Math.Max(3.0 / (settings.Parallelism ?? 2), Math.Max(5.5 / settings.Writers, 1.3 / (settings.Diffs ?? 1)))));

        TuneReport first = await TuneAsync(_pipeline);
        ValidPipeline tuned = first.Recommended.Apply(_pipeline);
        TuneReport second = await TuneAsync(tuned);

        // One aspect after the other: what limits next is found once the former limit is gone.
        Assert.Equal(Present with { Writers = 4 }, first.Recommended);
        Assert.Equal(TuneSettings.Of(tuned) with { Parallelism = 4, Writers = 8, Diffs = 2 }, second.Recommended);

        Task<TuneReport> TuneAsync(ValidPipeline pipeline)
            => new TuneSearch(trials, pipeline, new TuneOptions { Cores = 16 }, NullLogger.Instance).SearchAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Search_SeveralAboutEquallyFast_TakesTheCheapest()
    {
        TuneReport report = await SearchAsync(new ScriptedTrials((settings, _) => settings.Writers switch
        {
            2 => 0.71,
            4 => 0.70,
            _ => 1,
        }));

        Assert.Equal(2, report.Recommended.Writers);
    }

    // The best of many measurements is in part the luckiest: what is not confirmed is not recommended.
    [Fact]
    public async Task Search_FasterOnlyAtFirst_IsNotRecommended()
    {
        TuneReport report = await SearchAsync(new ScriptedTrials((settings, nth) => settings.Writers == 4 && nth <= 5 ? 0.7 : 1));

        Assert.Equal(Present, report.Recommended);
        Assert.Equal(0, report.Gain);
        Assert.Equal(TuneVerdict.NoDifference, report.Rounds[^1].Candidates[^1].Verdict);
    }

    [Fact]
    public async Task Search_DifferencesWithinTheNoise_KeepThePresentSettings()
    {
        var random = new Random(7);
#pragma warning disable CA5394 // Not for security: a fixed sequence of measurements.
        TuneReport report = await SearchAsync(new ScriptedTrials((_, _) => 1 + (0.3 * random.NextDouble())));
#pragma warning restore CA5394

        Assert.Equal(Present, report.Recommended);
    }

    [Fact]
    public async Task Search_Settings_AreMeasuredInTurns()
    {
        var trials = new ScriptedTrials((_, _) => 1);

        await SearchAsync(trials);

        TuneSettings[] first = [.. trials.Order.Skip(3).Take(9)];
        (TuneSettings a, TuneSettings b, TuneSettings c) = (Present, Present with { BatchRows = 250 }, Present with { BatchRows = 500 });
        Assert.Equal([a, b, c, b, c, a, c, a, b], first);
    }

    [Fact]
    public async Task Search_WarmUp_GoesOnWhileTheCpuTimeFalls()
    {
        var trials = new ScriptedTrials((_, _) => 1) { Cpu = nth => nth < 4 ? 10.0 / nth : 2 };

        TuneReport report = await SearchAsync(trials);

        // 10, 5, 3.3, 2 and, no longer less, 2.
        Assert.Equal(5, trials.Order.TakeWhile(settings => settings == Present).Count() - 1);
        Assert.Equal(5, report.Rounds[0].Candidates[0].Trials.Count);
    }

    [Fact]
    public async Task Search_SliceOfAFile_CountsLoadingOnceAndTheRestAtTheSlicesPace()
    {
        // On the slice alone, loading for two seconds loses; over a hundred times as many records it wins.
        ScriptedTrials Scripted(long whole) => new((settings, _) => settings.Strategy == LookupStrategy.Cache ? 0.5 : 1)
        {
            Opening = settings => settings.Strategy == LookupStrategy.Cache ? 2 : 0,
            Effective = settings => settings.Strategy == LookupStrategy.Cache ? LookupStrategy.Cache : LookupStrategy.Any,
            WholeRecords = whole,
        };

        Assert.Equal(Present, (await SearchAsync(Scripted(10_000))).Recommended);
        TuneReport report = await SearchAsync(Scripted(1_000_000));
        Assert.Equal(LookupStrategy.Cache, report.Recommended.Strategy);
        Assert.Equal(1 - (52.0 / 100), report.Gain, 6);
    }

    [Fact]
    public async Task Search_AutoDecidesAsCacheDoes_IsMeasuredOnceAndRecommended()
    {
        TuneReport report = await SearchAsync(
            new ScriptedTrials((settings, _) => settings.Strategy is LookupStrategy.Auto or LookupStrategy.Cache ? 0.5 : 1)
            {
                Effective = settings => settings.Strategy is LookupStrategy.Auto or LookupStrategy.Cache ? LookupStrategy.Cache : LookupStrategy.Any,
            });

        TuneRound round = report.Rounds.Single(each => each.Aspect == TuneAspect.Strategy);
        Assert.Equal([TuneVerdict.Reference, TuneVerdict.Faster, TuneVerdict.Same], round.Candidates.Select(each => each.Verdict));
        Assert.Equal(LookupStrategy.Auto, report.Recommended.Strategy);
    }

    [Fact]
    public async Task Search_SettingsThatCannotBeTried_AreReportedAndTheOthersMeasured()
    {
        TuneReport report = await SearchAsync(new ScriptedTrials((settings, _) => settings.Strategy == LookupStrategy.Auto ? 0.5 : 1)
        {
            Refusal = settings => settings.Strategy == LookupStrategy.Cache ? "does not fit" : null,
            Effective = settings => settings.Strategy == LookupStrategy.Auto ? LookupStrategy.Cache : LookupStrategy.Any,
        });

        TuneCandidate refused = report.Rounds.Single(each => each.Aspect == TuneAspect.Strategy).Candidates[^1];
        Assert.Equal((TuneVerdict.Refused, "does not fit"), (refused.Verdict, refused.Note));
        Assert.Equal(LookupStrategy.Auto, report.Recommended.Strategy);
    }

    [Fact]
    public async Task Search_PresentSettingsRefused_Throws()
        => await Assert.ThrowsAsync<TrialRefusedException>(
            () => SearchAsync(new ScriptedTrials((_, _) => 1) { Refusal = _ => "too few connections" }));

    [Theory]
    [InlineData(1.9, TuneSide.Processor)]
    [InlineData(0.4, TuneSide.Server)]
    public async Task Search_Limit_IsTheProcessorOrTheBusiestBlocksSide(double cpu, object side)
    {
        TuneReport report = await SearchAsync(new ScriptedTrials((_, _) => 1) { Cpu = _ => cpu });

        Assert.Equal((TuneSide)side, report.Limit.Side);
        Assert.Equal("match", report.Limit.Block!.Name);
    }

    [Fact]
    public async Task Search_LimitOfACachedLookup_IsComputing()
    {
        TuneReport report = await SearchAsync(new ScriptedTrials((_, _) => 1) { Effective = _ => LookupStrategy.Cache });

        Assert.Equal(TuneSide.Computing, report.Limit.Side);
    }

    private Task<TuneReport> SearchAsync(ScriptedTrials trials)
        => new TuneSearch(trials, _pipeline, new TuneOptions { Cores = 2 }, NullLogger.Instance).SearchAsync(TestContext.Current.CancellationToken);
}
