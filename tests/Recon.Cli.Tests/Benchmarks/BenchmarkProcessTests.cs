using System.Text.Json;
using Recon.Cli.Tests.Library;
using Recon.Testing;

namespace Recon.Cli.Tests.Benchmarks;

/// <summary>The benchmarks as a process, as people start them. What they measure is not judged.</summary>
[Trait("Category", "Sweep")]
public sealed class BenchmarkProcessTests
{
    [Fact(Explicit = true)]
    public async Task Full_SmallExport_AgreesWithSqlAndPrintsTheFigures()
    {
        (int exitCode, string output, string error) = await RunAsync("full", "--rows", "20000", "--pairs", "1", "--json");

        Assert.True(exitCode == 0, error);
        using JsonDocument document = JsonDocument.Parse(output);
        Assert.Equal(0, document.RootElement.GetProperty("differences").GetInt64());
        Assert.Equal(20_000, document.RootElement.GetProperty("rows").GetInt64());
        foreach (string figure in (string[])["recon_seconds", "sql_seconds", "ratio_to_sql", "parts_ratio", "peak_rss_mb", "rows_per_second"])
        {
            Assert.True(document.RootElement.GetProperty(figure).GetDouble() > 0, figure);
            Assert.True(document.RootElement.GetProperty("strategies").GetProperty("auto").GetProperty(figure).GetDouble() > 0, figure);
        }
    }

    [Fact(Explicit = true)]
    public async Task List_Stages_NamesABenchmarkForEach()
    {
        (int exitCode, string output, string error) = await RunAsync("--list", "flat");

        Assert.True(exitCode == 0, error);
        foreach (string stage in (string[])["Csv", "Conversion", "Comparison", "Diff", "Lookup", "Copy", "Topology"])
        {
            Assert.Contains($"Recon.Benchmarks.Stages.{stage}Benchmarks.", output, StringComparison.Ordinal);
        }
    }

    [Fact(Explicit = true)]
    public async Task Topology_EmptyStages_IsMeasuredInProcess()
    {
        (int exitCode, string output, string error) = await RunAsync("--filter", "*RecordInBatchesOf1000*", "--iterationCount", "1", "--warmupCount", "1");

        Assert.True(exitCode == 0, error);
        Assert.Contains("executed benchmarks: 1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("There are not any results runs", output, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Out, string Error)> RunAsync(params string[] args) => DotnetTool.RunAsync(
        Path.Combine(Repository.Root, "artifacts", "bin", "Recon.Benchmarks", "release", "Recon.Benchmarks"), Repository.Root, [], args);
}
