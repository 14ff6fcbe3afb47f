using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Staging;

namespace Recon.Cli.Rendering;

/// <summary>What came of one pipeline, for people and scripts.</summary>
/// <param name="RunId">The run; <see langword="null"/> for a dry run.</param>
/// <param name="Bottleneck">The block that limited while records were read; <see langword="null"/> when none finished a batch.</param>
internal sealed record RunReport(
    string Pipeline, Guid? RunId, string Outcome, BatchCounts Counts, TimeSpan Elapsed, string? Bottleneck, string? Error)
{
    /// <summary>Whether nothing was to be written.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Whether only some records of the input were asked for.</summary>
    public bool IsPartial { get; init; }

    /// <summary>The first records that would change; of a dry run only.</summary>
    public IReadOnlyList<RecordVerdict> Samples { get; init; } = [];

    /// <summary>Values that no map knows; of a dry run only.</summary>
    public IReadOnlyList<UnmappedValue> Unmapped { get; init; } = [];

    /// <summary>The gates that it exceeded: those that kept it from being published, and those that did not.</summary>
    public IReadOnlyList<ExceededGate> Gates { get; init; } = [];

    /// <summary>What was not done with values and parents.</summary>
    public RunFindings Findings { get; init; } = RunFindings.None;

    /// <summary>What people should know even though nothing failed, beside the findings.</summary>
    public IReadOnlyList<RunWarning> Warnings { get; init; } = [];

    /// <summary>The result that it replaced; <see langword="null"/> when it replaced none, or none is known.</summary>
    public FormerResult? Former { get; init; }

    /// <summary>Where the time of each block's workers went.</summary>
    public IReadOnlyList<BlockStats> Blocks { get; init; } = [];

    /// <summary>What limited it; <see langword="null"/> when nothing was measured.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>How it came to its result; <see langword="null"/> for a dry run.</summary>
    public RunWay? Way { get; init; }

    /// <summary>Rows that were written to the result; <see langword="null"/> where nothing was published.</summary>
    public long? Written { get; init; }

    /// <summary>Records that were not even looked up, because all that they come from is as it was.</summary>
    public long Skipped { get; init; }

    /// <summary>What became of decisions about records.</summary>
    public DecisionTally Decisions { get; init; } = DecisionTally.None;

    public static RunReport Of(PipelineResult result, string? error) => new(
        result.Pipeline,
        result.RunId,
        result.Outcome.ToString().ToLowerInvariant(),
        result.Counts,
        result.Elapsed,
        result.Bottleneck,
        error)
    {
        Gates = result.Exceeded,
        Findings = result.Findings,
        Warnings = result.Warned,
        Former = result.Former,
        Blocks = result.Blocks,
        Verdict = result.Verdict,
        Way = result.Way,
        Written = result.Written,
        Skipped = result.Skipped,
        Decisions = result.Decisions,
    };
}
