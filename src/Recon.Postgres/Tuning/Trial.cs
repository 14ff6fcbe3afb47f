using Recon.Dataflow.Definition;

namespace Recon.Postgres.Tuning;

/// <summary>One measured pass over the slice.</summary>
/// <param name="Opening">Reading the catalog and loading caches: once per run, whatever the file's size.</param>
/// <param name="Streaming">From the first record to the last commit.</param>
/// <param name="OpeningCpu">CPU time that this process took for opening, over all threads.</param>
/// <param name="Cpu">CPU time that it took for streaming.</param>
/// <param name="PeakBytes">Most memory of this process meanwhile, in bytes.</param>
/// <param name="Blocks">How busy each block was while streaming, in the order of the graph.</param>
/// <param name="Strategies">What each lookup did in the end, by its name: <c>any</c> or <c>cache</c>.</param>
internal sealed record Trial(
    long Records,
    TimeSpan Opening,
    TimeSpan Streaming,
    TimeSpan OpeningCpu,
    TimeSpan Cpu,
    long PeakBytes,
    IReadOnlyList<TrialBlock> Blocks,
    IReadOnlyDictionary<string, LookupStrategy> Strategies)
{
    /// <summary>The records of the whole input: counted when the slice is all of it, estimated from its size otherwise.</summary>
    public required long WholeRecords { get; init; }

    public double RecordsPerSecond => Streaming > TimeSpan.Zero ? Records / Streaming.TotalSeconds : 0;

    /// <summary>The time that so many records would take: opening once, streaming at the slice's pace.</summary>
    public double SecondsFor(long records)
        => Opening.TotalSeconds + (Records > 0 ? Streaming.TotalSeconds * records / Records : 0);

    /// <summary>The CPU time of this process for a million of so many records, like <see cref="SecondsFor"/>.</summary>
    public double CpuSecondsPerMillion(long records) => Records > 0 && records > 0
        ? ((OpeningCpu.TotalSeconds / records) + (Cpu.TotalSeconds / Records)) * 1_000_000
        : 0;
}

/// <summary>How busy a block was in a trial.</summary>
/// <param name="Utilisation">Share of the time that it was busy, 0 to 1.</param>
internal sealed record TrialBlock(string Name, string Kind, double Utilisation);

internal interface ITrials
{
    /// <exception cref="TrialRefusedException">These settings cannot be tried here; others may.</exception>
    Task<Trial> RunAsync(TuneSettings settings, CancellationToken cancellationToken);
}

/// <summary>Settings cannot be tried, such as a table that does not fit into the cache's budget.</summary>
internal sealed class TrialRefusedException(string message) : Exception(message);
