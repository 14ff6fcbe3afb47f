using BenchmarkDotNet.Attributes;
using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Topology;

namespace Recon.Benchmarks.Stages;

/// <summary>What the graph itself costs: the shipped pipeline of communications, with stages that do nothing.</summary>
public class TopologyBenchmarks
{
    private const int Records = 100_000;
    private const int Batches = 1_000;

    private static readonly SourceColumns s_columns = new(["id"]);
    private ValidPipeline _pipeline = null!;
    private IReadOnlyList<ILookup> _lookups = [];

    /// <summary>Reads the definition.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _pipeline = DefinitionReader.Read(Path.Combine(Workbench.Root, "pipeline.json")).Definition!
            .Pipelines.Single(pipeline => pipeline.Name == "communications");
        _lookups = [.. _pipeline.Lookups.Select(lookup => new EmptyLookup(lookup))];
    }

    /// <summary>Per batch.</summary>
    [Benchmark(OperationsPerInvoke = Batches)]
    public Task<bool> BatchAsync() => RunAsync(Batches);

    /// <summary>Per record, in batches of 250.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public Task<bool> RecordInBatchesOf250Async() => RunAsync(Records / 250);

    /// <summary>Per record, in batches of 1,000.</summary>
    [Benchmark(OperationsPerInvoke = Records)]
    public Task<bool> RecordInBatchesOf1000Async() => RunAsync(Records / 1_000);

    private Task<bool> RunAsync(int batches)
    {
        int read = 0;
        var graph = new ReconciliationGraph(
            _pipeline,
            new GraphStages(
                (_, _) => ValueTask.FromResult(read++ < batches ? new RecordBatch(read, s_columns, 1, 16) : null),
                _lookups,
                _ => { },
                (_, _) => ValueTask.CompletedTask),
            TimeProvider.System);
        return graph.RunAsync(CancellationToken.None, CancellationToken.None);
    }

    private sealed class EmptyLookup(ValidLookup definition) : ILookup
    {
        public ValidLookup Definition => definition;

        public IReadOnlyList<MirrorColumn> Columns => [];

        // Nothing reads the answer: the differ is empty, too.
        public ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
            => ValueTask.FromResult<LookupAnswer>(null!);
    }
}
