using System.Globalization;

namespace Recon.Dataflow.Lookup;

/// <summary>Which HubSpot records were merged into which: a loser leads to the record that is left in the end.</summary>
internal sealed class MergeMap
{
    private readonly Dictionary<long, long> _winners = [];

    /// <param name="merges">Each winner, with its merged ids as the mirror writes them: between semicolons, as JSON or as an array.</param>
    public MergeMap(IEnumerable<(long Winner, string Losers)> merges)
    {
        Dictionary<long, long> direct = [];
        foreach ((long winner, string losers) in merges)
        {
            foreach (long loser in Ids(losers).Where(loser => loser != winner))
            {
                // A record can be merged once; of two claims, the one of the larger id, whatever their order.
                direct[loser] = Math.Max(winner, direct.GetValueOrDefault(loser));
            }
        }

        foreach (long loser in direct.Keys)
        {
            long winner = loser;
            int steps = 0;
            while (direct.TryGetValue(winner, out long next) && steps++ <= direct.Count)
            {
                winner = next;
                if (winner == loser)
                {
                    break;
                }
            }

            if (direct.ContainsKey(winner))
            {
                Circles++;
            }
            else
            {
                _winners[loser] = winner;
            }
        }
    }

    private MergeMap(Dictionary<long, long> winners) => _winners = winners;

    /// <summary>Records that lead back to themselves; they are left as they are.</summary>
    public int Circles { get; }

    public IReadOnlyCollection<long> Losers => _winners.Keys;

    /// <summary>Losers by their legacy id, where the mirror still has their rows.</summary>
    public Dictionary<string, List<long>> ByKey { get; } = new(StringComparer.Ordinal);

    /// <summary>The same merges, for another lookup's legacy ids.</summary>
    public MergeMap Copy() => new(_winners);

    public bool TryFind(long loser, out long winner) => _winners.TryGetValue(loser, out winner);

    private static IEnumerable<long> Ids(string text)
        => text.Split([';', ',', ' ', '"', '[', ']', '{', '}'], StringSplitOptions.RemoveEmptyEntries)
            .Select(part => long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long id) ? id : 0)
            .Where(id => id > 0);
}
