using System.Buffers;
using System.Globalization;
using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Lookup;

/// <summary>
/// The distinct keys of a batch and which row asks for which: what a lookup sends, and what its answer is joined by.
/// </summary>
/// <remarks>In pooled arrays. Not thread-safe.</remarks>
internal sealed class BatchKeys : IDisposable
{
    private const int NoKey = -1;

    private readonly KeySet _keys;
    private int[] _keyOfRow;

    /// <summary>Makes an empty table.</summary>
    /// <param name="rows">The number of rows of the batch; most distinct keys.</param>
    public BatchKeys(int rows)
    {
        Rows = rows;
        _keys = new KeySet(rows);
        _keyOfRow = ArrayPool<int>.Shared.Rent(Math.Max(rows, 1));
        _keyOfRow.AsSpan(0, rows).Fill(NoKey);
    }

    /// <summary>HubSpot ids as keys; each is a row of its own.</summary>
    public static BatchKeys Of(IReadOnlyList<long> ids)
    {
        var keys = new BatchKeys(ids.Count);
        for (int index = 0; index < ids.Count; index++)
        {
            keys.Ask(index, Encoding.UTF8.GetBytes(ids[index].ToString(CultureInfo.InvariantCulture)));
        }

        return keys;
    }

    /// <summary>The number of rows of the batch.</summary>
    public int Rows { get; }

    /// <summary>The number of distinct keys.</summary>
    public int Count => _keys.Count;

    /// <summary>Notes that a row asks for a key.</summary>
    public void Ask(int row, ReadOnlySpan<byte> key) => _keyOfRow[row] = _keys.Add(key);

    /// <summary>Notes that a row asks for a key of another batch's.</summary>
    public void Ask(int row, BatchKeys keys, int key) => _keyOfRow[row] = _keys.Add(keys._keys, key);

    /// <summary>Which key a row asks for.</summary>
    public int KeyOf(int row) => _keyOfRow[row];

    public ReadOnlySpan<byte> Key(int index) => _keys[index];

    /// <summary>The lower half of a key's hash (<see cref="KeyHash"/>).</summary>
    public uint HashOf(int index) => _keys.HashOf(index);

    /// <summary>Finds a key.</summary>
    /// <returns>Its index, or -1 when no row asks for it.</returns>
    public int IndexOf(ReadOnlySpan<byte> key) => _keys.IndexOf(key);

    /// <param name="found">Takes the number of each, or -1.</param>
    public void FindIn(KeySet set, Span<int> found) => set.Find(_keys, found);

    /// <summary>Adds a key to a set, unless it is there.</summary>
    /// <returns>Its number there.</returns>
    public int AddTo(KeySet set, int key) => set.Add(_keys, key);

    /// <summary>The keys as strings, in ordinal order: sorted ids touch neighbouring index pages.</summary>
    public string[] ToSortedStrings()
    {
        string[] keys = new string[Count];
        for (int index = 0; index < keys.Length; index++)
        {
            keys[index] = Encoding.UTF8.GetString(Key(index));
        }

        Array.Sort(keys, StringComparer.Ordinal);
        return keys;
    }

    /// <summary>Returns the arrays. Calling it again does nothing.</summary>
    public void Dispose()
    {
        _keys.Dispose();
        if (_keyOfRow.Length > 0)
        {
            ArrayPool<int>.Shared.Return(_keyOfRow);
            _keyOfRow = [];
        }
    }
}
