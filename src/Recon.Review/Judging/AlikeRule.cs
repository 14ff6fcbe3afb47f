using System.Globalization;
using Recon.Postgres.Decisions;
using Recon.Postgres.Queries.Review;

namespace Recon.Review.Judging;

/// <summary>What a rule says of a record.</summary>
/// <param name="HubspotId">The HubSpot record that it is; <see langword="null"/> where a row counts.</param>
/// <param name="Keep">The row that counts; <see langword="null"/> where a HubSpot record is chosen.</param>
/// <param name="Seen">The candidates, each with the hash of its values.</param>
internal sealed record AlikeVerdict(string LegacyId, long? HubspotId, ChosenRow? Keep, string Hash, IReadOnlyList<string> Seen);

/// <summary>A rule by which many records can be decided alike.</summary>
/// <param name="Key">Its name in addresses.</param>
/// <param name="Words">What it does, which decisions keep as their reason.</param>
internal sealed record AlikeRule(string Key, string Words)
{
    private const string PropertyStart = "property:";
    private const string LatestStart = "latest:";
    private const string LastLine = "last-line";

    /// <summary>The rules that would decide a record.</summary>
    public static IReadOnlyList<AlikeRule> For(ComparedRecord record, SourceRowSet? rows)
        => rows is null
            ? [.. Properties(record).Where(property => Only(record, property) is not null).Select(OfProperty)]
            : [.. Columns(rows).Where(column => Latest(rows, column) is not null).Select(OfColumn), .. rows.Rows.Count > 1 ? (AlikeRule[])[OfLastLine] : []];

    /// <returns>The rule; <see langword="null"/> for a name that none has.</returns>
    public static AlikeRule? Of(string? key) => key switch
    {
        LastLine => OfLastLine,
        not null when key.StartsWith(PropertyStart, StringComparison.Ordinal) => OfProperty(key[PropertyStart.Length..]),
        not null when key.StartsWith(LatestStart, StringComparison.Ordinal) => OfColumn(key[LatestStart.Length..]),
        _ => null,
    };

    public bool NeedsRows => !Key.StartsWith(PropertyStart, StringComparison.Ordinal);

    /// <summary>What the rule says of a record.</summary>
    /// <returns><see langword="null"/> where it does not decide.</returns>
    public AlikeVerdict? Judge(ComparedRecord record, SourceRowSet? rows)
    {
        string id = record.Row.LegacyId!;
        if (!NeedsRows)
        {
            return Only(record, Key[PropertyStart.Length..]) is { } candidate
                ? new AlikeVerdict(id, candidate.HubspotId, null, record.Hash, [.. record.Candidates.Select(each => string.Create(CultureInfo.InvariantCulture, $"{each.HubspotId} {each.Hash}"))])
                : null;
        }

        SourceRow? row = rows is not { WhyNone: null, Rows.Count: > 1 } ? null
            : Key == LastLine ? (rows.Rows.Select(each => each.File).Distinct().Skip(1).Any() ? null : rows.Rows.MaxBy(each => each.Line))
            : Latest(rows, Key[LatestStart.Length..]);
        return row is null ? null : new AlikeVerdict(id, null, row.Chosen, record.Hash, []);
    }

    private static AlikeRule OfLastLine { get; } = new(LastLine, "the last row of the file counts");

    private static AlikeRule OfProperty(string property) => new(PropertyStart + property, $"the one candidate that agrees in {property}");

    private static AlikeRule OfColumn(string column) => new(LatestStart + column, $"the row with the latest or greatest {column} counts");

    private static IEnumerable<string> Properties(ComparedRecord record)
        => record.Candidates.FirstOrDefault(candidate => !candidate.IsMissing)?.Properties.Where(property => property.Tells).Select(property => property.Property) ?? [];

    // One agrees, and of no other it is unknown.
    private static ReviewCandidate? Only(ComparedRecord record, string property)
    {
        if (record.Candidates.Count < 2 || record.Candidates.Count >= RecordReader.MostCandidates || record.Candidates.Any(candidate => candidate.IsMissing))
        {
            return null;
        }

        (ReviewCandidate Candidate, CandidateStanding? Standing)[] all =
            [.. record.Candidates.Select(candidate => (candidate, candidate.Properties.FirstOrDefault(each => each.Property == property)?.Standing))];
        return all.Any(each => each.Standing is null or CandidateStanding.Unknown) || all.Count(each => each.Standing == CandidateStanding.Agrees) != 1
            ? null
            : all.First(each => each.Standing == CandidateStanding.Agrees).Candidate;
    }

    private static IEnumerable<string> Columns(SourceRowSet rows)
        => rows.Rows.SelectMany(row => row.Cells).Select(cell => cell.Key).Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase);

    // Every row has one that can be read, all as numbers or all as times as ISO writes them, and one is greater than all others.
    private static SourceRow? Latest(SourceRowSet rows, string column)
    {
        decimal?[] values = [.. rows.Rows.Select(row => Number(ConflictTable.ValueOf(row, column)))];
        if (values.Contains(null))
        {
            values = [.. rows.Rows.Select(row => Time(ConflictTable.ValueOf(row, column)))];
        }

        if (rows.Rows.Count < 2 || values.Contains(null))
        {
            return null;
        }

        decimal? greatest = values.Max();
        return values.Count(value => value == greatest) == 1 ? rows.Rows[Array.IndexOf(values, greatest)] : null;
    }

    private static decimal? Number(string text)
        => decimal.TryParse(text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    private static decimal? Time(string text)
        => DateTime.TryParseExact(
            text.Trim(), ["yyyy-MM-dd", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:ss.FFFFFFFZ"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time) ? time.Ticks : null;
}
