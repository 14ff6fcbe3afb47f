using System.Buffers;
using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>
/// A lookup that follows HubSpot's merges: a record that was merged into another one is replaced by that one, and a legacy
/// id that only a merged record carries leads there, also where the lookup's conditions leave the merged record out.
/// </summary>
/// <param name="select">Which row asks for which key.</param>
/// <param name="find">Finds records by their HubSpot ids, under the lookup's conditions.</param>
internal sealed class MergedLookup(
    ILookup inner, MergeMap merges, KeySelector select, Func<BatchKeys, IWaits, CancellationToken, ValueTask<LookupAnswer>> find) : ILookup
{
    public ValidLookup Definition => inner.Definition;

    public IReadOnlyList<MirrorColumn> Columns => inner.Columns;

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        LookupAnswer answer = await inner.FindAsync(batch, cancellationToken);
        Dictionary<int, List<long>> losers = LosersByRow(batch, answer);
        if (losers.Count == 0)
        {
            return answer;
        }

        long[] winners = [.. losers.Values.SelectMany(ids => ids).Select(WinnerOf).Distinct().Order()];
        using var keys = BatchKeys.Of(winners);
        using LookupAnswer found = await find(keys, batch.Waits, cancellationToken);
        using (answer)
        {
            return Replace(batch.RowCount, answer, losers, winners, found);
        }
    }

    private long WinnerOf(long loser) => merges.TryFind(loser, out long winner) ? winner : loser;

    private Dictionary<int, List<long>> LosersByRow(RecordBatch batch, LookupAnswer answer)
    {
        Dictionary<int, List<long>> losers = [];
        using BatchKeys? keys = merges.ByKey.Count > 0 ? new BatchKeys(batch.RowCount) : null;
        if (keys is not null)
        {
            select(batch, keys);
        }

        for (int row = 0; row < batch.RowCount; row++)
        {
            ReadOnlySpan<int> candidates = answer.Candidates(row);
            foreach (int candidate in candidates)
            {
                long id = answer.Rows.HubspotId(candidate);
                if (merges.TryFind(id, out _))
                {
                    if (!losers.TryGetValue(row, out List<long>? those))
                    {
                        losers[row] = those = [];
                    }

                    those.Add(id);
                }
            }

            if (candidates.Length == 0 && keys is not null && keys.KeyOf(row) is var key and >= 0
                && merges.ByKey.TryGetValue(Encoding.UTF8.GetString(keys.Key(key)), out List<long>? carriers))
            {
                losers[row] = carriers;
            }
        }

        return losers;
    }

    private LookupAnswer Replace(
        int rows, LookupAnswer answer, Dictionary<int, List<long>> losers, long[] winners, LookupAnswer found)
    {
#pragma warning disable CA2000 // The answer owns the rows.
        MirrorRows all = MirrorRows.Concat(answer.Rows, found.Rows);
#pragma warning restore CA2000
        Dictionary<int, (long Loser, long Winner)> merged = [];
        int[] starts = ArrayPool<int>.Shared.Rent(rows + 1);
        List<int> candidates = [];
        for (int row = 0; row < rows; row++)
        {
            starts[row] = candidates.Count;
            if (!losers.TryGetValue(row, out List<long>? those))
            {
                candidates.AddRange(answer.Candidates(row));
                continue;
            }

            SortedDictionary<long, int> kept = [];
            foreach (int candidate in answer.Candidates(row))
            {
                if (!merges.TryFind(all.HubspotId(candidate), out _))
                {
                    kept[all.HubspotId(candidate)] = candidate;
                }
            }

            bool isOnlyMerged = kept.Count == 0;
            foreach (long loser in those)
            {
                foreach (int candidate in found.Candidates(Array.BinarySearch(winners, WinnerOf(loser))))
                {
                    int at = answer.Rows.Count + candidate;
                    kept.TryAdd(all.HubspotId(at), at);
                }
            }

            if (isOnlyMerged && kept.Count == 1)
            {
                merged[row] = (those.First(loser => WinnerOf(loser) == kept.Keys.First()), kept.Keys.First());
            }

            candidates.AddRange(kept.Values);
        }

        starts[rows] = candidates.Count;
        int[] chosen = ArrayPool<int>.Shared.Rent(candidates.Count + 1);
        candidates.CopyTo(chosen);
        return new LookupAnswer(all, starts, chosen) { Asked = answer.Asked, Merged = merged };
    }
}
