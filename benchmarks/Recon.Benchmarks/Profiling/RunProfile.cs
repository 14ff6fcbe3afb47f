namespace Recon.Benchmarks.Profiling;

/// <summary>Where the time of a full run went.</summary>
/// <param name="Rows">Records read.</param>
/// <param name="Strategy">The lookup strategy.</param>
/// <param name="Seconds">Wall time.</param>
/// <param name="ClientCpu">CPU seconds of this process.</param>
/// <param name="ServerCpu">CPU seconds of the server.</param>
/// <param name="AllocatedBytes">Bytes allocated on the managed heap.</param>
/// <param name="Collections">Garbage collections of generation 0, 1 and 2.</param>
/// <param name="PeakMegabytes">Most resident memory, in MB.</param>
/// <param name="Phases">Wall time of each phase.</param>
/// <param name="Blocks">What each block cost.</param>
/// <param name="Stages">What each stage costs alone.</param>
internal sealed record RunProfile(
    long Rows,
    string Strategy,
    double Seconds,
    double ClientCpu,
    double ServerCpu,
    long AllocatedBytes,
    IReadOnlyList<int> Collections,
    double PeakMegabytes,
    IReadOnlyDictionary<string, TimeSpan> Phases,
    IReadOnlyList<BlockCost> Blocks,
    IReadOnlyList<StageCost> Stages);

/// <summary>What a block of the graph cost.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Parallelism">Batches that it works on at the same time.</param>
/// <param name="Batches">Batches that passed.</param>
/// <param name="BusySeconds">Time spent working, over all of them.</param>
/// <param name="Utilisation">Share of the streaming time that it was busy, 0 to 1.</param>
/// <param name="Waiting">Batches that waited for it, or in it for the next block, on average.</param>
/// <param name="WaitMilliseconds">How long a batch waited so, on average.</param>
internal sealed record BlockCost(
    string Name, int Parallelism, long Batches, double BusySeconds, double Utilisation, double Waiting, double WaitMilliseconds);

/// <summary>What a stage costs for a record, one batch after the other and nothing else going on.</summary>
/// <param name="Name">Extract, Lookup, Diff or Stage.</param>
/// <param name="Microseconds">Wall time, the server's part included.</param>
/// <param name="ClientCpu">CPU time of this process, in microseconds.</param>
/// <param name="AllocatedBytes">Bytes allocated on the managed heap.</param>
internal sealed record StageCost(string Name, double Microseconds, double ClientCpu, double AllocatedBytes);
