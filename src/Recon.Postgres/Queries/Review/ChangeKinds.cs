namespace Recon.Postgres.Queries.Review;

/// <summary>What an update does to a property, as addresses and pages name it.</summary>
internal static class ChangeKinds
{
    /// <summary>HubSpot has nothing.</summary>
    public const string Set = "set";

    /// <summary>One value takes the place of another.</summary>
    public const string Change = "change";

    /// <summary>HubSpot has nothing afterwards.</summary>
    public const string Clear = "clear";

    public static IReadOnlyList<string> All { get; } = [Set, Change, Clear];
}
