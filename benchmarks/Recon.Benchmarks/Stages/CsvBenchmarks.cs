using BenchmarkDotNet.Attributes;
using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Samples;

namespace Recon.Benchmarks.Stages;

/// <summary>Reading the export into batches. Results are per record.</summary>
public class CsvBenchmarks
{
    private readonly string _folder = Path.Combine(Workbench.Root, "artifacts", "benchmarks", "csv");
    private DefinitionReading _reading = null!;
    private ValidPipeline _pipeline = null!;

    /// <summary>Rows of a batch.</summary>
    [Params(250, 1_000, 5_000)]
    public int BatchRows { get; set; }

    /// <summary>Generates the export.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        await new SampleGenerator(new SampleOptions { Rows = StageWorld.Rows, Malformed = false }).WriteAsync(_folder, CancellationToken.None);
        _reading = DefinitionReader.Read(Path.Combine(Workbench.Root, "pipeline.json"));
        _pipeline = _reading.Definition!.Pipelines.Single(pipeline => pipeline.Name == "communications");
    }

    /// <summary>Reads the whole file.</summary>
    [Benchmark(OperationsPerInvoke = StageWorld.Rows)]
    public async Task<long> ReadAsync()
    {
        PipelineColumns columns = PipelineColumns.Of(_pipeline);
        await using BatchReader reader = await BatchReader.OpenAsync(
            _pipeline.Csv with { Path = Path.GetFileName(_pipeline.Csv.Path) },
            _pipeline.Batch with { Rows = BatchRows, Bytes = 256 << 20 },
            _reading.Definition!.Defaults,
            columns.Source,
            new BatchReaderOptions { BaseDirectory = _folder, OptionalColumns = columns.OptionalSource },
            CancellationToken.None);
        long rows = 0;
        while (await reader.ReadAsync(CancellationToken.None) is { } batch)
        {
            rows += batch.RowCount;
            batch.Dispose();
        }

        return rows;
    }
}
