namespace Recon.Postgres.Decisions;

/// <summary>What somebody decided about a record.</summary>
internal enum DecisionKind
{
    /// <summary>It is a certain HubSpot record.</summary>
    Match,

    /// <summary>It has no HubSpot record.</summary>
    NoMatch,

    /// <summary>Of the rows with its legacy id, which disagree, a certain one counts.</summary>
    KeepRow,
}

/// <summary>The kinds as the table and people write them.</summary>
internal static class DecisionKinds
{
    public static string TextOf(DecisionKind kind) => kind switch
    {
        DecisionKind.Match => "match",
        DecisionKind.NoMatch => "no-match",
        _ => "keep-row",
    };

    /// <returns>The kind; <see langword="null"/> for any other text.</returns>
    public static DecisionKind? Of(string text) => text switch
    {
        "match" => DecisionKind.Match,
        "no-match" => DecisionKind.NoMatch,
        "keep-row" => DecisionKind.KeepRow,
        _ => null,
    };
}
