using BenchmarkDotNet.Attributes;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;

namespace Recon.Benchmarks.Stages;

/// <summary>Comparing prepared batches and encoding their rows, JSON included, for the COPY. Per record.</summary>
public class DiffBenchmarks
{
    private StageWorld _world = null!;
    private RecordDiffer _differ = null!;

    /// <summary>Rows of a batch.</summary>
    [Params(250, 1_000, 5_000)]
    public int BatchRows { get; set; }

    /// <summary>Reads the batches and asks the lookups about them.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _world = await StageWorld.OpenAsync(BatchRows);
        _differ = _world.Differ();
        await _world.ReadAsync(asked: true, compared: false);
    }

    /// <summary>Compares and encodes.</summary>
    [Benchmark(OperationsPerInvoke = StageWorld.Rows)]
    public long Diff()
    {
        long rows = 0;
        foreach (RecordBatch batch in _world.Batches)
        {
            _differ.Diff(batch);
            rows += batch.Counts.Staged;
            batch.Staged!.Dispose();
            batch.Staged = null;
        }

        return rows;
    }

    /// <summary>Leaves the server.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync() => await _world.DisposeAsync();
}
