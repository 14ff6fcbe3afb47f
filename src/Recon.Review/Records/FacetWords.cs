using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Queries.Review;
using Recon.Review.Model;

namespace Recon.Review.Records;

/// <summary>What facets and their values are called.</summary>
internal static class FacetWords
{
    public static string Of(ReviewFacet facet) => facet switch
    {
        ReviewFacet.Status => "Status",
        ReviewFacet.Rule => "Found by",
        ReviewFacet.Confidence => "Confidence",
        ReviewFacet.Property => "Property that changes",
        ReviewFacet.Change => "Kind of change",
        ReviewFacet.Reason => "Not used, because",
        ReviewFacet.Filter => "Left out by",
        ReviewFacet.Candidates => "HubSpot records it may be",
        ReviewFacet.Parent => "Missing parent",
        _ => "Decided",
    };

    public static string Of(ReviewFacet facet, string value) => (facet, value) switch
    {
        (ReviewFacet.Confidence, ReviewFilter.None) => "none",
        (ReviewFacet.Rule, ReviewFilter.None) => "nothing",
        (ReviewFacet.Confidence, "100") => "100 %",
        (ReviewFacet.Confidence, "0") => "below 50 %",
        (ReviewFacet.Confidence, _) => $"{value} % and more",
        (ReviewFacet.Candidates, CandidateCounts.Claimed) => "one that others claim, too",
        (ReviewFacet.Candidates, CandidateCounts.Many) => "5 or more",
        (ReviewFacet.Reason, _) => Reason(value),
        _ => value,
    };

    /// <summary>What a value means, where its name does not say so.</summary>
    public static string? Meaning(ReviewFacet facet, string value) => facet == ReviewFacet.Status ? value switch
    {
        FacetCounter.Rejected => "could not be used",
        FacetCounter.Filtered => "left out by the definition",
        _ => Sentences.Meaning(value),
    }
    : null;

    /// <summary>The name of the colour of a status.</summary>
    public static string Colour(string status, bool hasChanges) => status switch
    {
        "matched" => hasChanges ? "change" : "equal",
        "unmatched" => "missing",
        FacetCounter.Rejected => "rejected",
        FacetCounter.Filtered => "filtered",
        _ => "decide",
    };

    private static string Reason(string value)
    {
        if (value.StartsWith(ReviewReasons.Reject, StringComparison.Ordinal))
        {
            return $"record rejected: {value[ReviewReasons.Reject.Length..]}";
        }

        int code = value.LastIndexOf('/');
        return code < ReviewReasons.Value.Length ? value
            : $"{value[ReviewReasons.Value.Length..code]}: {(value[(code + 1)..] == ValueRejectReasons.RequiredMissing ? "no value, and one is required" : RejectedValuesText.What(value[(code + 1)..]))}";
    }
}
