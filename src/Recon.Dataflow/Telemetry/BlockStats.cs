namespace Recon.Dataflow.Telemetry;

/// <summary>
/// A block of a running graph, and where the time of its workers goes: <see cref="Busy"/>, <see cref="Waiting"/>,
/// <see cref="Idle"/> and <see cref="Blocked"/> add up to it. Thread-safe.
/// </summary>
/// <param name="pipeline">The pipeline's name.</param>
/// <param name="name">The block's name.</param>
/// <param name="kind">The block's kind, as in the definition.</param>
/// <param name="parallelism">Batches that it works on at the same time.</param>
/// <param name="capacity">Batches that it holds at most; 0 for the source, which holds only the batch being read.</param>
public sealed class BlockStats(string pipeline, string name, string kind, int parallelism, int capacity)
{
    private IGraphTimes? _times;
    private int _index;
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

    /// <summary>Time that workers computed so far, added up over all of them; also while they have a batch but no processor.</summary>
    public TimeSpan Busy => Times.Busy;

    /// <summary>Time that workers waited for an answer so far, such as one of the server.</summary>
    public TimeSpan Waiting => Times.Waiting;

    /// <summary>Time in which workers had no batch to take so far.</summary>
    public TimeSpan Idle => Times.Idle;

    /// <summary>Time in which finished batches waited for room in the next block so far, and their workers with them.</summary>
    public TimeSpan Blocked => Times.Blocked;

    /// <summary>Batches finished so far.</summary>
    public long Batches => Interlocked.Read(ref _batches);

    /// <summary>Workers; none for the block that is only a queue.</summary>
    internal int Workers => Kind == "batch" ? 0 : Parallelism;

    /// <summary>All times at one moment.</summary>
    internal BlockTimes Times => _times?.Of(_index) ?? default;

    /// <summary>Asks the block how many batches wait in it.</summary>
    internal Func<long>? QueueLength { get; set; }

    /// <summary>The share of the available time that the block worked or waited for answers, 0 to 1: near 1 it is the bottleneck.</summary>
    /// <param name="elapsed">How long the graph has been running.</param>
    /// <returns>The share.</returns>
    public double Utilisation(TimeSpan elapsed)
        => elapsed <= TimeSpan.Zero ? 0 : Math.Min(1, Times.Working / elapsed / Parallelism);

    /// <summary>Says who keeps the block's times.</summary>
    internal void Bind(IGraphTimes times, int index) => (_times, _index) = (times, index);

    /// <summary>Counts finished batches.</summary>
    internal void Finish(long batches = 1) => Interlocked.Add(ref _batches, batches);
}
