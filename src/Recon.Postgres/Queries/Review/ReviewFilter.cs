using System.Text;

namespace Recon.Postgres.Queries.Review;

/// <summary>Which records of a pipeline are wanted: one value for each facet, all of which must hold, and a text.</summary>
/// <remarks>It is kept in the address of a page: <see cref="Parse"/> reads what <see cref="ToQuery"/> writes.</remarks>
internal sealed record ReviewFilter
{
    /// <summary>Stands for a rule, or a confidence, that a record does not have.</summary>
    public const string None = "(none)";

    /// <summary>Characters of a value beyond which an address is not taken at its word.</summary>
    private const int MostCharacters = 1000;

    private static readonly (ReviewFacet Facet, string Key)[] s_keys =
    [
        .. Enum.GetValues<ReviewFacet>().Select(facet => (facet, KeyOf(facet))),
    ];

    private const string TextKey = "q";

    public static ReviewFilter All { get; } = new();

    public string? Status { get; init; }

    public string? Rule { get; init; }

    public string? Confidence { get; init; }

    public string? Property { get; init; }

    public string? Change { get; init; }

    public string? Reason { get; init; }

    public string? Filter { get; init; }

    public string? Candidates { get; init; }

    public string? Parent { get; init; }

    public string? Decided { get; init; }

    /// <summary>A legacy id, a HubSpot id, or a part of a text that the staging table shows.</summary>
    public string? Text { get; init; }

    /// <summary>The name of a facet in an address.</summary>
    public static string KeyOf(ReviewFacet facet) => facet.ToString().ToLowerInvariant();

    /// <summary>The value of a facet; <see langword="null"/> where any will do.</summary>
    public string? this[ReviewFacet facet] => facet switch
    {
        ReviewFacet.Status => Status,
        ReviewFacet.Rule => Rule,
        ReviewFacet.Confidence => Confidence,
        ReviewFacet.Property => Property,
        ReviewFacet.Change => Change,
        ReviewFacet.Reason => Reason,
        ReviewFacet.Filter => Filter,
        ReviewFacet.Candidates => Candidates,
        ReviewFacet.Parent => Parent,
        _ => Decided,
    };

    /// <summary>The same with another value of a facet.</summary>
    /// <param name="value">The value; <see langword="null"/> for any.</param>
    public ReviewFilter With(ReviewFacet facet, string? value) => facet switch
    {
        ReviewFacet.Status => this with { Status = value },
        ReviewFacet.Rule => this with { Rule = value },
        ReviewFacet.Confidence => this with { Confidence = value },
        ReviewFacet.Property => this with { Property = value },
        ReviewFacet.Change => this with { Change = value },
        ReviewFacet.Reason => this with { Reason = value },
        ReviewFacet.Filter => this with { Filter = value },
        ReviewFacet.Candidates => this with { Candidates = value },
        ReviewFacet.Parent => this with { Parent = value },
        _ => this with { Decided = value },
    };

    /// <summary>Reads the query of an address, with or without its question mark; what is not part of a filter is passed over.</summary>
    /// <remarks>A key that occurs twice has its first value. Values that are empty, too long or hold a NUL character, which no text of the server can, are none.</remarks>
    public static ReviewFilter Parse(string? query)
    {
        ReviewFilter filter = All;
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string part in (query ?? "").TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || Decode(part[(equals + 1)..]) is not { Length: > 0 and <= MostCharacters } value || value.Contains('\0', StringComparison.Ordinal))
            {
                continue;
            }

            string key = Decode(part[..equals]);
            if (!seen.Add(key))
            {
                continue;
            }

            filter = key == TextKey ? filter with { Text = value }
                : Array.Find(s_keys, known => known.Key == key) is { Key: not null } found ? filter.With(found.Facet, value)
                : filter;
        }

        return filter;
    }

    /// <summary>Writes the filter as the query of an address, without a question mark; empty where everything is wanted.</summary>
    public string ToQuery()
    {
        StringBuilder query = new();
        foreach ((ReviewFacet facet, string key) in s_keys)
        {
            Append(query, key, this[facet]);
        }

        return Append(query, TextKey, Text).ToString();
    }

    public override string ToString() => ToQuery();

    private static StringBuilder Append(StringBuilder query, string key, string? value)
        => value is null ? query : query.Append(query.Length == 0 ? "" : "&").Append(key).Append('=').Append(Uri.EscapeDataString(value));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
