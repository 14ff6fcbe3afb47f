using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;

namespace Recon.Postgres.Runs.Gates;

/// <summary>A limit that a run must keep for its result to be published.</summary>
/// <param name="Name">Its key in the definition.</param>
/// <param name="Counts">What it counts, as the end of "if more than this many".</param>
/// <param name="Default">What holds where nothing is set, in a word; the definition's documentation says what it spares.</param>
/// <param name="Defined">The limit that the definition sets; <see langword="null"/> for the default.</param>
/// <param name="Find">What exceeds a limit, <see langword="null"/> for the default one: nothing when it is kept.</param>
internal sealed record Gate(
    string Name,
    string Counts,
    string Default,
    Func<PipelineDefinition, Limit?> Defined,
    Func<GateFacts, Limit?, IEnumerable<Excess>> Find)
{
    /// <summary>All gates, in the order in which they are told.</summary>
    public static IReadOnlyList<Gate> All { get; } =
    [
        new("maxRejects", "records are rejected", "5%", pipeline => pipeline.MaxRejects, GateRules.Rejects),
        new("maxRejectedValues", "values of one property fail its conversions", "50%", pipeline => pipeline.MaxRejectedValues, GateRules.RejectedValues),
        new("maxUnresolvedParents", "ids of one parent do not lead to exactly one HubSpot record", "not all, nor most in another spelling", pipeline => pipeline.MaxUnresolvedParents, GateRules.UnresolvedParents),
        new("maxUnmatched", "rows are unmatched", "not all, nor most in another spelling", pipeline => pipeline.MaxUnmatched, GateRules.Unmatched),
        new("minRecords", "records are read", "0", pipeline => new Limit(pipeline.MinRecords, false), GateRules.FewRecords),
        new("maxShrink", "rows are missing from the result that is replaced", "50%", pipeline => pipeline.MaxShrink, GateRules.Shrink),
        new("maxMatchLoss", "rows or ids of one parent are found no more, at the rate of the result that is replaced", "50%", pipeline => pipeline.MaxMatchLoss, GateRules.MatchLoss),
        new("maxChanges", "matched rows have changes", "all", pipeline => pipeline.MaxChanges, GateRules.Changes),
    ];

    /// <summary>Its option on the command line.</summary>
    public string Option => $"--{DefinitionShape.Kebab(char.ToUpperInvariant(Name[0]) + Name[1..])}";

    /// <summary>Whether folding and the settlement of claims change what it counts.</summary>
    public bool NeedsFinalCounts => Name is "maxUnmatched" or "maxShrink" or "maxMatchLoss" or "maxChanges";

    /// <summary>What the option does.</summary>
    public string Help => IsCount
        ? "Publish nothing if fewer records than this are read. Default: the pipeline's."
        : $"Publish nothing if more than this many {Counts}. Default: the pipeline's.";

    /// <summary>Whether its limit is a number only, and a least one.</summary>
    public bool IsCount => Name == "minRecords";

    public static bool IsLimit(string name, string text)
        => All.FirstOrDefault(gate => gate.Name == name) is { } gate && Limit.TryParse(text, out Limit limit) && !(gate.IsCount && limit.IsShare);
}
