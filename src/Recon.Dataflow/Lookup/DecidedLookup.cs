using System.Buffers;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>
/// A match lookup that obeys decisions: a row about which somebody decided has the HubSpot record that was decided on as its only candidate,
/// or none. Where that record is gone, the row keeps the candidates that it has without the decision.
/// </summary>
/// <param name="find">Finds records by their HubSpot ids, under the lookup's conditions.</param>
/// <param name="merges">Where records went that HubSpot merged; <see langword="null"/> where merges are not followed.</param>
internal sealed class DecidedLookup(
    ILookup inner,
    RecordDecisions decisions,
    int idColumn,
    Func<BatchKeys, IWaits, CancellationToken, ValueTask<LookupAnswer>> find,
    MergeMap? merges) : ILookup
{
    public ValidLookup Definition => inner.Definition;

    public IReadOnlyList<MirrorColumn> Columns => inner.Columns;

    public async ValueTask<LookupAnswer> FindAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        LookupAnswer answer = await inner.FindAsync(batch, cancellationToken);
        Dictionary<int, RecordDecision>? decided = null;
        for (int row = 0; row < batch.RowCount; row++)
        {
            if (decisions.Find(batch.Field(row, idColumn)) is { } decision)
            {
                (decided ??= [])[row] = decision;
            }
        }

        batch.Decided = null;
        if (decided is null)
        {
            return answer;
        }

        long[] wanted = [.. decided.Values.Select(decision => decision.HubspotId).OfType<long>().Select(Standing).Distinct().Order()];
        using var keys = BatchKeys.Of(wanted);
        using LookupAnswer found = await find(keys, batch.Waits, cancellationToken);
        using (answer)
        {
            return Replace(batch, answer, decided, wanted, found);
        }
    }

    private long Standing(long id) => merges is not null && merges.TryFind(id, out long winner) ? winner : id;

    private LookupAnswer Replace(
        RecordBatch batch, LookupAnswer answer, Dictionary<int, RecordDecision> decided, long[] wanted, LookupAnswer found)
    {
#pragma warning disable CA2000 // The answer owns the rows.
        MirrorRows all = MirrorRows.Concat(answer.Rows, found.Rows);
#pragma warning restore CA2000
        Dictionary<int, DecidedRow> rows = [];
        Dictionary<int, (long Loser, long Winner)> merged = answer.Merged is { } before ? new(before) : [];
        int[] starts = ArrayPool<int>.Shared.Rent(batch.RowCount + 1);
        List<int> candidates = [];
        for (int row = 0; row < batch.RowCount; row++)
        {
            starts[row] = candidates.Count;
            if (!decided.TryGetValue(row, out RecordDecision? decision))
            {
                candidates.AddRange(answer.Candidates(row));
                continue;
            }

            int place = decision.HubspotId is { } id ? Array.BinarySearch(wanted, Standing(id)) : -1;
            ReadOnlySpan<int> records = place < 0 ? default : found.Candidates(place);
            bool isRefused = place >= 0 && records.Length == 0;
            rows[row] = new DecidedRow(decision, isRefused);
            if (isRefused)
            {
                candidates.AddRange(answer.Candidates(row));
                continue;
            }

            merged.Remove(row);
            if (place >= 0)
            {
                candidates.Add(answer.Rows.Count + records[0]);
                if (wanted[place] != decision.HubspotId)
                {
                    merged[row] = (decision.HubspotId!.Value, wanted[place]);
                }
            }
        }

        starts[batch.RowCount] = candidates.Count;
        int[] chosen = ArrayPool<int>.Shared.Rent(candidates.Count + 1);
        candidates.CopyTo(chosen);
        batch.Decided = rows;
        return new LookupAnswer(all, starts, chosen) { Asked = answer.Asked, FoundKeys = answer.FoundKeys, Merged = answer.Merged is null && merged.Count == 0 ? null : merged };
    }
}
