using Recon.Dataflow.Definition;
using Recon.Postgres.Queries.Review;
using Recon.Review.Web;

namespace Recon.Review.Judging;

/// <summary>Where somebody is in a queue: all of it is in the address, so that a session goes on where it stopped.</summary>
/// <param name="Kind">The status of the records.</param>
/// <param name="Filter">What else holds of them.</param>
/// <param name="After">Records up to this one were skipped; <see langword="null"/> for none.</param>
/// <param name="At">The record that is shown, whatever its place; <see langword="null"/> for the next one.</param>
/// <param name="Try">A HubSpot id that was typed, to be compared with; <see langword="null"/> for none.</param>
/// <param name="IsBlind">Whether scores are hidden.</param>
internal sealed record JudgeState(ValidPipeline Pipeline, string Kind, ReviewFilter Filter, string? After, string? At, string? Try, bool IsBlind)
{
    public const string Path = "/judge";
    public const string Decide = "/judge/decide";
    public const string Undo = "/judge/undo";
    public const string Alike = "/judge/alike";
    public const string ApplyAlike = "/judge/alike/apply";

    public const string Ambiguous = "ambiguous";
    public const string Conflict = "conflict";
    public const string Unmatched = "unmatched";

    public const string PipelineKey = "pipeline";
    public const string AfterKey = "after";
    public const string AtKey = "at";
    public const string TryKey = "try";
    public const string BlindKey = "blind";

    /// <summary>The kinds of records that are judged.</summary>
    public static IReadOnlyList<string> Kinds { get; } = [Ambiguous, Conflict, Unmatched];

    /// <summary>The records that are left.</summary>
    public ReviewFilter Left => Filter with { Status = Kind, Decided = "no" };

    public string ToQuery()
    {
        List<string> parts = [$"{PipelineKey}={Uri.EscapeDataString(Pipeline.Name)}", (Filter with { Status = Kind, Decided = null }).ToQuery()];
        foreach ((string key, string? value) in ((string, string?)[])[(AfterKey, After), (AtKey, At), (TryKey, Try), (BlindKey, IsBlind ? "1" : null)])
        {
            if (value is not null)
            {
                parts.Add($"{key}={Uri.EscapeDataString(value)}");
            }
        }

        return string.Join('&', parts);
    }

    public string Address => $"{Path}?{ToQuery()}";

    /// <summary>The state that an address, or a form of a page, tells.</summary>
    /// <param name="values">Its values by name.</param>
    /// <returns>The state; <see langword="null"/> where the pipeline is none of this page.</returns>
    public static JudgeState? Of(PageRequest request, string query, Func<string, string?> values)
    {
        if ((values(PipelineKey) is { } name ? request.Pipeline(name) : request.Settings.Pipelines[0]) is not { } pipeline)
        {
            return null;
        }

        var filter = ReviewFilter.Parse(query);
        return new JudgeState(
            pipeline,
            filter.Status is { } kind && Kinds.Contains(kind) ? kind : Ambiguous,
            filter with { Status = null, Decided = null },
            values(AfterKey),
            values(AtKey),
            values(TryKey),
            values(BlindKey) == "1");
    }
}
