using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>How a fallback finds a HubSpot record, for people and scripts.</summary>
/// <param name="Where">The conditions on mirror rows, as sentences; its own, or those of the match lookup.</param>
/// <param name="InheritsWhere">Whether they are those of the match lookup.</param>
internal sealed record FallbackMapping(
    string Name, string Table, double Confidence, IReadOnlyList<FallbackKeyMapping> Keys, IReadOnlyList<string> Where, bool InheritsWhere)
{
    /// <summary>The fallbacks of a pipeline, in order.</summary>
    public static IReadOnlyList<FallbackMapping> Of(ValidPipeline pipeline) =>
    [
        .. pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Fallback).Select(lookup => new FallbackMapping(
            lookup.Label,
            lookup.Table,
            lookup.Confidence,
            [.. lookup.On.Select(key => new FallbackKeyMapping(
                key.Column, key.Property, [.. FallbackKey.Steps(key).Select(step => step.Label)], key.ConvertMirror))],
            [.. lookup.Where.Select(condition => condition.Sentence)],
            lookup.InheritsWhere)),
    ];
}

/// <summary>One key of a fallback.</summary>
/// <param name="ConvertMirror">Whether the conversions are made on the mirror's side, too.</param>
internal sealed record FallbackKeyMapping(string Legacy, string MirrorColumn, IReadOnlyList<string> Conversions, bool ConvertMirror);
