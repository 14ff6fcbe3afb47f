namespace Recon.Postgres.Queries.Review;

/// <summary>What the reasons of <see cref="ReviewFacet.Reason"/> begin with.</summary>
internal static class ReviewReasons
{
    /// <summary>A value that is not staged: property and code follow.</summary>
    public const string Value = "value/";

    /// <summary>A record that is not staged: a code follows.</summary>
    public const string Reject = "reject/";
}
