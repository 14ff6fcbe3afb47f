using BenchmarkDotNet.Attributes;
using Recon.Dataflow.Batches;
using Recon.Postgres.Faults;
using Recon.Postgres.Staging;
using Recon.Postgres.Tuning;
using Recon.Postgres.Wire;

namespace Recon.Benchmarks.Stages;

/// <summary>Committing compared batches: ledger entry and COPY, one after the other. Per record; the server's time is in it.</summary>
public class CopyBenchmarks
{
    private StageWorld _world = null!;
    private TrialStaging _staging = null!;
    private BatchWriter _writer = null!;

    /// <summary>Rows of a batch.</summary>
    [Params(250, 1_000, 5_000)]
    public int BatchRows { get; set; }

    /// <summary>Prepares batches and a table.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _world = await StageWorld.OpenAsync(BatchRows);
        await _world.ReadAsync(asked: true, compared: true);
        _staging = await TrialStaging.OpenAsync(
            _world.Job.Context(), willChangeDefinition: false, CancellationToken.None);
        _writer = new BatchWriter(
            _world.Job.Sources.Writer,
            _world.Job.Tables,
            _staging.Table.Name,
            new TupleLayout(_staging.Table.Layout, namesFile: false),
            _world.Differ(),
            0,
            _staging.Run,
            _world.FileNames,
            RetryPolicies.Batches(new RetrySettings(), _world.Job.Sources.Server, TimeProvider.System),
            TimeProvider.System,
            null);
    }

    /// <summary>Empties table and ledger: a batch is committed only once.</summary>
    [IterationSetup]
    public void Empty()
    {
#pragma warning disable VSTHRD002 // BenchmarkDotNet awaits no set-up of an iteration.
        _staging.ResetAsync(CancellationToken.None).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>Commits the batches.</summary>
    [Benchmark(OperationsPerInvoke = StageWorld.Rows)]
    public async Task WriteAsync()
    {
        foreach (RecordBatch batch in _world.Batches)
        {
            if (!await _writer.WriteAsync(batch, CancellationToken.None))
            {
                throw new InvalidOperationException($"{batch} was there already.");
            }
        }
    }

    /// <summary>Drops the table and leaves the server.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _staging.DisposeAsync();
        await _world.DisposeAsync();
    }
}
