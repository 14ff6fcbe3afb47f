using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Recon.Benchmarks.WholeRuns;

namespace Recon.Benchmarks.Stages;

/// <summary>
/// How stages are measured: short, so that all of them take minutes, and in this process, which has the settings of
/// recon's own (a generated project would have to restore packages and would not have them). Other settings come from
/// BenchmarkDotNet's command line.
/// </summary>
internal static class StageConfig
{
    /// <summary>Makes it.</summary>
    public static IConfig Create() => ManualConfig.Create(DefaultConfig.Instance)
        .AddJob(Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(3)
            .WithIterationCount(5)
            .WithIterationTime(TimeInterval.FromMilliseconds(100)))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .WithSummaryStyle(SummaryStyle.Default.WithMaxParameterColumnWidth(50))
        .WithArtifactsPath(Path.Combine(Workbench.Root, "artifacts", "benchmarks", "stages"));
}
