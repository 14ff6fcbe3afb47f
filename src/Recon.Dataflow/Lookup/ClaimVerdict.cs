using System.Globalization;
using System.Text;

namespace Recon.Dataflow.Lookup;

/// <summary>The claimants of one HubSpot record, and which of them keeps it.</summary>
internal sealed class ClaimVerdict
{
    private readonly IReadOnlyList<(string LegacyId, string? Rule)> _claimants;
    private readonly long _total;

    private ClaimVerdict(IReadOnlyList<(string LegacyId, string? Rule)> claimants, long total, string? winner)
    {
        (_claimants, _total, Winner) = (claimants, total, winner);
    }

    /// <summary>The legacy id that keeps the HubSpot record; <see langword="null"/> when several claimants are equally strong.</summary>
    public string? Winner { get; }

    /// <param name="claimants">The claimants, or the strongest of them; each with its rule.</param>
    /// <param name="total">The number of all.</param>
    /// <param name="byStrength">All rules, the strongest first.</param>
    public static ClaimVerdict Of(
        IEnumerable<(string LegacyId, string? Rule)> claimants, long total, IReadOnlyList<string> byStrength)
    {
        (string LegacyId, string? Rule)[] sorted =
            [.. claimants.OrderBy(each => Claims.Strength(each.Rule, byStrength)).ThenBy(each => each.LegacyId, StringComparer.Ordinal)];
        bool isTie = sorted.Length > 1 && Claims.Strength(sorted[0].Rule, byStrength) == Claims.Strength(sorted[1].Rule, byStrength);
        return new ClaimVerdict(sorted, total, isTie ? null : sorted[0].LegacyId);
    }

    public bool Loses(string legacyId) => legacyId != Winner;

    /// <summary>The note of a record that lost its claim.</summary>
    /// <param name="listing">The query that lists all claimants; <see langword="null"/> for none.</param>
    /// <param name="notes">The record's own notes; <see langword="null"/> for none.</param>
    public string Note(long hubspotId, string? listing, string? notes)
    {
        StringBuilder note = new StringBuilder(Claims.NoteStart)
            .Append(CultureInfo.InvariantCulture, $"{hubspotId}{Claims.NoteMiddle}{_total}{Claims.NoteList}")
            .AppendJoin(", ", _claimants.Take(Claims.MostNamed).Select(claimant => $"{claimant.LegacyId} ({claimant.Rule})"));
        if (_total > Claims.MostNamed)
        {
            note.Append(CultureInfo.InvariantCulture, $" and {_total - Claims.MostNamed} more").Append(listing is null ? "" : $": {listing}");
        }

        return notes is null ? note.ToString() : note.Append("; ").Append(notes).ToString();
    }
}
