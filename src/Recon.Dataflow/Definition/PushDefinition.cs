using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition;

/// <summary>The brakes of a push: what exceeds them needs <c>--over-the-limit</c> and a reason.</summary>
internal sealed record PushDefinition
{
    [Option("Most records that one plan may change without \"--over-the-limit\".", Minimum = 0)]
    public long MaxRecords { get; init; } = 100_000;

    [Option("Most values that one plan may clear without \"--over-the-limit\".", Minimum = 0)]
    public long MaxCleared { get; init; } = 1_000;

    [Option("Largest share of the matched records of a pipeline that one plan may change without \"--over-the-limit\"; asked of pipelines with at least 1,000 matched records.")]
    public Limit MaxShare { get; init; } = new(80, true);

    [Option("Whether whoever made a plan may not approve it.")]
    public bool FourEyes { get; init; }

    [Option("Whether a record is left alone that a person edited in HubSpot after the legacy record was last updated: needs \"legacyUpdated\" of the diff block, and the history of each value, which takes one more call for each 50 records.")]
    public bool KeepHumanEdits { get; init; }

    [Option("Records that are sent first and read back before all others; 0 for none.", Minimum = 0, Maximum = 100)]
    public int Canary { get; init; } = 10;

    [Option("Calls that are under way at the same time.", Minimum = 1, Maximum = 32)]
    public int Parallelism { get; init; } = 4;
}
