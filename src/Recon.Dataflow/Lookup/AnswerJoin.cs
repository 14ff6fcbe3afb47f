using System.Buffers;
using Recon.Dataflow.Batches;

namespace Recon.Dataflow.Lookup;

/// <summary>Joins mirror rows back to the rows of a batch that asked for their keys.</summary>
internal static class AnswerJoin
{
    /// <summary>Makes a lookup's answer.</summary>
    /// <param name="keyOfMirrorRow">For each mirror row, the index of its key; -1 when nobody asked for it.</param>
    /// <returns>The answer: for each row its candidates, in order of their HubSpot ids.</returns>
    public static LookupAnswer Join(BatchKeys keys, MirrorRows rows, ReadOnlySpan<int> keyOfMirrorRow)
    {
        // Candidates of one key are chained: first[key] → next[row] → …, in order of their ids.
        int[] first = ArrayPool<int>.Shared.Rent(keys.Count + 1);
        int[] next = ArrayPool<int>.Shared.Rent(rows.Count + 1);
        first.AsSpan(0, keys.Count).Fill(-1);
        for (int row = rows.Count - 1; row >= 0; row--)
        {
            if (keyOfMirrorRow[row] >= 0)
            {
                Insert(rows, first, next, keyOfMirrorRow[row], row);
            }
        }

        int total = 0;
        for (int row = 0; row < keys.Rows; row++)
        {
            total += CountOf(keys.KeyOf(row), first, next);
        }

        int[] starts = ArrayPool<int>.Shared.Rent(keys.Rows + 1);
        int[] candidates = ArrayPool<int>.Shared.Rent(total + 1);
        int used = 0;
        int asked = 0;
        for (int row = 0; row < keys.Rows; row++)
        {
            starts[row] = used;
            int key = keys.KeyOf(row);
            asked += key < 0 ? 0 : 1;
            for (int mirror = key < 0 ? -1 : first[key]; mirror >= 0; mirror = next[mirror])
            {
                candidates[used++] = mirror;
            }
        }

        starts[keys.Rows] = used;
        int found = keys.Count - first.AsSpan(0, keys.Count).Count(-1);
        ArrayPool<int>.Shared.Return(first);
        ArrayPool<int>.Shared.Return(next);
        return new LookupAnswer(rows, starts, candidates) { Asked = asked, FoundKeys = found };
    }

    /// <summary>Makes the answer of rows that are in the order of their keys, and of their HubSpot ids within a key.</summary>
    /// <param name="firsts">For each key, where its rows start; one entry more than keys.</param>
    public static LookupAnswer JoinInOrder(BatchKeys keys, MirrorRows rows, ReadOnlySpan<int> firsts)
    {
        int total = 0;
        for (int row = 0; row < keys.Rows; row++)
        {
            total += keys.KeyOf(row) is var key and >= 0 ? firsts[key + 1] - firsts[key] : 0;
        }

        int[] starts = ArrayPool<int>.Shared.Rent(keys.Rows + 1);
        int[] candidates = ArrayPool<int>.Shared.Rent(total + 1);
        int used = 0;
        int asked = 0;
        for (int row = 0; row < keys.Rows; row++)
        {
            starts[row] = used;
            int key = keys.KeyOf(row);
            asked += key < 0 ? 0 : 1;
            for (int mirror = key < 0 ? 0 : firsts[key]; key >= 0 && mirror < firsts[key + 1]; mirror++)
            {
                candidates[used++] = mirror;
            }
        }

        starts[keys.Rows] = used;
        return new LookupAnswer(rows, starts, candidates) { Asked = asked };
    }

    private static void Insert(MirrorRows rows, int[] first, int[] next, int key, int row)
    {
        int before = -1;
        int after = first[key];
        while (after >= 0 && rows.HubspotId(after) < rows.HubspotId(row))
        {
            before = after;
            after = next[after];
        }

        next[row] = after;
        if (before < 0)
        {
            first[key] = row;
        }
        else
        {
            next[before] = row;
        }
    }

    private static int CountOf(int key, int[] first, int[] next)
    {
        int count = 0;
        for (int mirror = key < 0 ? -1 : first[key]; mirror >= 0; mirror = next[mirror])
        {
            count++;
        }

        return count;
    }
}
