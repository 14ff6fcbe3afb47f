using System.Globalization;

namespace Recon.Postgres.Queries.Review;

/// <summary>How many HubSpot records an ambiguous record may be.</summary>
internal static class CandidateCounts
{
    /// <summary>One HubSpot record that other legacy records claim, too.</summary>
    public const string Claimed = "claimed";

    /// <summary>As many as this, or more.</summary>
    public const string Many = "5+";

    public const int FromMany = 5;

    public static IReadOnlyList<string> All { get; } = ["2", "3", "4", Many, Claimed];

    public static string Of(int candidates) => candidates >= FromMany ? Many : candidates.ToString(CultureInfo.InvariantCulture);
}
