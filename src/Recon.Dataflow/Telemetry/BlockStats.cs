namespace Recon.Dataflow.Telemetry;

/// <summary>A block of a running graph, and how busy it has been. Thread-safe.</summary>
/// <param name="pipeline">The pipeline's name.</param>
/// <param name="name">The block's name.</param>
/// <param name="kind">The block's kind, as in the definition.</param>
/// <param name="parallelism">Batches that it works on at the same time.</param>
/// <param name="capacity">Batches that it holds at most; 0 for the source, which holds only the batch being read.</param>
public sealed class BlockStats(string pipeline, string name, string kind, int parallelism, int capacity)
{
    private long _busyTicks;
    private long _batches;

    /// <summary>The pipeline's name.</summary>
    public string Pipeline { get; } = pipeline;

    /// <summary>The block's name.</summary>
    public string Name { get; } = name;

    /// <summary>The block's kind, as in the definition.</summary>
    public string Kind { get; } = kind;

    /// <summary>Batches that it works on at the same time.</summary>
    public int Parallelism { get; } = parallelism;

    /// <summary>Batches that it holds at most.</summary>
    public int Capacity { get; } = capacity;

    /// <summary>Batches that wait for the block or, finished, for the next one; not those being worked on. 0 until the graph runs.</summary>
    public long Queued => QueueLength?.Invoke() ?? 0;

    /// <summary>Time spent working so far, added up over parallel batches.</summary>
    public TimeSpan Busy => new(Interlocked.Read(ref _busyTicks));

    /// <summary>Batches finished so far.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Asks the block how many batches wait in it.</summary>
    internal Func<long>? QueueLength { get; set; }

    /// <summary>The share of the available time that the block was busy, 0 to 1: near 1 it is the bottleneck.</summary>
    /// <param name="elapsed">How long the graph has been running.</param>
    /// <returns>The share.</returns>
    public double Utilisation(TimeSpan elapsed)
        => elapsed <= TimeSpan.Zero ? 0 : Math.Min(1, Busy / elapsed / Parallelism);

    /// <summary>Adds a finished batch.</summary>
    internal void Add(TimeSpan elapsed)
    {
        Interlocked.Add(ref _busyTicks, elapsed.Ticks);
        Interlocked.Increment(ref _batches);
    }
}
