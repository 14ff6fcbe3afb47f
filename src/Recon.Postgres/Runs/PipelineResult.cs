using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Live;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>How a pipeline's run ended.</summary>
public enum RunOutcome
{
    /// <summary>The whole input was reconciled and published.</summary>
    Completed,

    /// <summary>Something failed; nothing was published.</summary>
    Failed,

    /// <summary>It was stopped; what was in flight is committed, nothing was published.</summary>
    Cancelled,
}

/// <summary>The result of one pipeline's run.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="RunId">The run's id.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Counts">The counts, over all attempts of the run.</param>
/// <param name="Elapsed">How long this process worked on it.</param>
/// <param name="Blocks">Where the time of each block's workers went.</param>
/// <param name="Bottleneck">The name of the block that limited while records were read; <see langword="null"/> if none finished a batch.</param>
/// <param name="MostResidentBatches">The most batches that were in memory at one time.</param>
/// <param name="RejectsAboveLimit">Whether there were more rejects than allowed (exit code 3).</param>
/// <param name="Warnings">What people should know even though nothing failed.</param>
/// <param name="Fault">Why it failed; <see langword="null"/> if it did not.</param>
/// <param name="Resumable">Whether <see cref="RunSettings.Resume"/> (<c>--resume</c>) can continue it.</param>
public sealed record PipelineResult(
    string Pipeline,
    Guid RunId,
    RunOutcome Outcome,
    BatchCounts Counts,
    TimeSpan Elapsed,
    IReadOnlyList<BlockStats> Blocks,
    string? Bottleneck,
    long MostResidentBatches,
    bool RejectsAboveLimit,
    IReadOnlyList<string> Warnings,
    Exception? Fault,
    bool Resumable)
{
    /// <summary>The gates that the run exceeded, by key (<c>maxShrink</c>). Nothing was published, unless the settings say to publish anyway.</summary>
    public IReadOnlyList<string> ExceededGates => ExceededGate.NamesOf(Exceeded);

    /// <summary>The same with what was seen.</summary>
    internal IReadOnlyList<ExceededGate> Exceeded { get; init; } = [];

    internal RunFindings Findings { get; init; } = RunFindings.None;

    /// <summary>The warnings with what they are about.</summary>
    internal IReadOnlyList<RunWarning> Warned { get; init; } = [];

    /// <summary>What became of decisions about records.</summary>
    internal DecisionTally Decisions { get; init; } = DecisionTally.None;

    /// <summary>The result that was replaced; <see langword="null"/> when none was, or none is known.</summary>
    internal FormerResult? Former { get; init; }

    /// <summary>What limited the run; <see langword="null"/> when nothing was measured.</summary>
    internal Verdict? Verdict { get; init; }

    /// <summary>How it came to its result; <see langword="null"/> for a sink of a program's own.</summary>
    internal RunWay? Way { get; init; }

    /// <summary>Rows that were written to the result; <see langword="null"/> where nothing was published.</summary>
    internal long? Written { get; init; }

    /// <summary>Rows that were published as they are and not even looked up.</summary>
    internal long Skipped { get; init; }

    /// <summary>The same with all that people should know among the warnings.</summary>
    internal PipelineResult Told() => this with
    {
        Warnings = [.. Warnings, .. Findings.Notable().Select(each => each.ToString()), .. Outcome == RunOutcome.Completed && Exceeded.Count > 0 ? [GateText.Passed(Exceeded)] : (string[])[]],
    };
}

/// <summary>What a dry run found; nothing was written.</summary>
/// <param name="Pipeline">The pipeline's name.</param>
/// <param name="Counts">What was counted. Repeats of a legacy id are not folded: that needs the whole file staged. Records that claim one HubSpot record are counted as in a run, up to four million matched records; a warning says when there are more.</param>
/// <param name="Samples">The first records that would change.</param>
/// <param name="Elapsed">How long it took.</param>
public sealed record DryRunResult(
    string Pipeline, BatchCounts Counts, IReadOnlyList<RecordVerdict> Samples, TimeSpan Elapsed)
{
    /// <summary>What people should know even though nothing failed.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What lookups did not find, and why; among the warnings, too.</summary>
    internal IReadOnlyList<Miss> Misses { get; init; } = [];

    /// <summary>Values that no map knows.</summary>
    internal IReadOnlyList<UnmappedValue> Unmapped { get; init; } = [];

    /// <summary>The gates that would keep a run from being published.</summary>
    internal IReadOnlyList<ExceededGate> Exceeded { get; init; } = [];

    internal RunFindings Findings { get; init; } = RunFindings.None;

    /// <summary>The warnings with what they are about.</summary>
    internal IReadOnlyList<RunWarning> Warned { get; init; } = [];

    /// <summary>Where the time of each block's workers went.</summary>
    internal IReadOnlyList<BlockStats> Blocks { get; init; } = [];

    /// <summary>What limited it; <see langword="null"/> when nothing was measured.</summary>
    internal Verdict? Verdict { get; init; }

    /// <summary>The same with all that people should know among the warnings.</summary>
    internal DryRunResult Told() => this with
    {
        Warnings = [.. Warnings, .. Findings.Notable().Select(each => each.ToString()), .. Exceeded.Count > 0 ? [GateText.Forecast(Exceeded)] : (string[])[]],
    };
}

/// <summary>How far a run is. Read at any time, from any thread.</summary>
internal interface IRunProgress
{
    /// <summary>A pipeline is opened: catalog, caches, checks of the input.</summary>
    /// <param name="run">Asked for its progress as often as wanted, until <see cref="Finished"/>.</param>
    void Opened(RunWatch run)
    {
    }

    /// <summary>A run reads its first record, or a sink is about to get it.</summary>
    void Started(RunWatch run)
    {
    }

    /// <summary>A pipeline ended that was opened.</summary>
    void Finished(RunWatch run);
}

/// <summary>The progress of a pipeline.</summary>
/// <param name="Phase"><c>reading</c>, <c>folding</c>, <c>indexing</c>, <c>settling</c> or <c>publishing</c>.</param>
/// <param name="BytesRead">Bytes of input read.</param>
/// <param name="TotalBytes">Bytes of input in all; <see langword="null"/> when that is not known.</param>
/// <param name="RecordsCommitted">Records committed by this process.</param>
public sealed record RunState(string Phase, long BytesRead, long? TotalBytes, long RecordsCommitted)
{
    /// <summary>The blocks, in the order in which a batch passes them; their figures are live.</summary>
    public IReadOnlyList<BlockStats> Blocks { get; init; } = [];

    /// <summary>What was counted in the batches that this process committed; repeats are folded at the end only.</summary>
    public BatchCounts Counts { get; init; } = new();

    /// <summary>Records that earlier processes committed, when the run is resumed.</summary>
    public long RecordsCommittedBefore { get; init; }

    /// <summary>The share of the input (or of the limit) that was read, 0 to 1; <see langword="null"/> if unknown.</summary>
    public double? Share { get; init; }
}
