using BenchmarkDotNet.Attributes;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;

namespace Recon.Benchmarks.Stages;

/// <summary>Which lookup is asked.</summary>
public enum LookupKind
{
    /// <summary>The HubSpot record with its six properties, one query per batch.</summary>
    MatchByQuery,

    /// <summary>The same from memory.</summary>
    MatchFromCache,

    /// <summary>A parent's HubSpot id, one query per batch.</summary>
    ParentByQuery,

    /// <summary>The same, asked once for each parent.</summary>
    ParentRemembered,

    /// <summary>The same from memory.</summary>
    ParentFromCache,
}

/// <summary>Asking the mirror about batches, one after the other. Per record; the server's time is in it.</summary>
public class LookupBenchmarks
{
    private StageWorld _world = null!;
    private ILookup _lookup = null!;

    /// <summary>Rows of a batch.</summary>
    [Params(250, 1_000, 5_000)]
    public int BatchRows { get; set; }

    /// <summary>Which lookup.</summary>
    [ParamsAllValues]
    public LookupKind Kind { get; set; }

    /// <summary>Prepares the lookup, and fills caches.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        _world = await StageWorld.OpenAsync(
            BatchRows,
            Kind is LookupKind.MatchFromCache or LookupKind.ParentFromCache ? LookupStrategy.Cache : LookupStrategy.Any,
            Kind == LookupKind.ParentByQuery ? 0 : 32 << 20);
        _lookup = _world.Lookup(Kind is LookupKind.MatchByQuery or LookupKind.MatchFromCache ? "match" : "company");
        await _world.ReadAsync(asked: false, compared: false);
    }

    /// <summary>Asks.</summary>
    [Benchmark(OperationsPerInvoke = StageWorld.Rows)]
    public async Task FindAsync()
    {
        foreach (RecordBatch batch in _world.Batches)
        {
            using LookupAnswer answer = await _lookup.FindAsync(batch, CancellationToken.None);
        }
    }

    /// <summary>Leaves the server.</summary>
    [GlobalCleanup]
    public async Task CleanupAsync() => await _world.DisposeAsync();
}
