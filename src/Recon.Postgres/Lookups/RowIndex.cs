using System.Runtime.CompilerServices;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Lookups;

/// <summary>
/// Finds packed rows by key: an open hash, two thirds full, of 32 bits of the key's hash and 32 bits of row. A row is only
/// visited when these bits agree. Rows of one key are chained by their links, the newest first. Read-only and thread-safe.
/// </summary>
/// <remarks>
/// The place of a hash grows with the hash, so the number of slots may be any. It is built once all rows are there: their
/// number is then known, and nothing ever grows.
/// </remarks>
internal sealed class RowIndex
{
    /// <summary>Keys that are looked for at a time.</summary>
    public const int Group = 128;

    private const int HashBits = 32;
    private const int LeastSlots = 16;

    private readonly PackedRows _rows;
    private readonly ulong[] _slots;

    /// <param name="rows">The rows. The link of each is the hash of its key, and becomes the next row of the same key.</param>
    public RowIndex(PackedRows rows, int count)
    {
        _rows = rows;
        _slots = new ulong[SlotsFor(count)];
        Span<uint> group = stackalloc uint[Group];
        Span<uint> hashes = stackalloc uint[Group];
        Span<ulong> slots = stackalloc ulong[Group];
        uint row = 0;
        int used;
        do
        {
            used = 0;
            while (used < Group && (row = rows.After(row)) != 0)
            {
                group[used] = row;
                hashes[used++] = rows.Link(row);
            }

            Read(hashes[..used], slots);
            for (int index = 0; index < used; index++)
            {
                Insert(group[index], hashes[index]);
            }
        }
        while (used == Group);
    }

    /// <summary>The bits of a key's hash that are used.</summary>
    public static uint HashOf(ReadOnlySpan<byte> key) => (uint)KeyHash.Of(key);

    /// <summary>The bytes that an index takes.</summary>
    public static long BytesFor(int count) => sizeof(ulong) * SlotsFor(count);

    /// <summary>Finds keys.</summary>
    /// <param name="hashes">The hashes of the keys, at most <see cref="Group"/>.</param>
    /// <param name="rows">
    /// Takes for each the newest row whose key has this hash, 0 for none. It nearly always has the key, too.
    /// </param>
    public void Find(ReadOnlySpan<uint> hashes, Span<uint> rows)
    {
        Span<ulong> slots = stackalloc ulong[Group];
        Read(hashes, slots);
        for (int index = 0; index < hashes.Length; index++)
        {
            ulong slot = slots[index];
            int place = Place(hashes[index]);
            while (slot != 0 && HashIn(slot) != hashes[index])
            {
                place = Next(place);
                slot = _slots[place];
            }

            rows[index] = (uint)slot;
        }
    }

    /// <summary>Finds a key among those that have the same hash.</summary>
    public uint Find(ReadOnlySpan<byte> key, uint hash)
    {
        int place = Place(hash);
        while (_slots[place] is var slot and not 0 && !(HashIn(slot) == hash && HasKey((uint)slot, key)))
        {
            place = Next(place);
        }

        return (uint)_slots[place];
    }

    private static uint HashIn(ulong slot) => (uint)(slot >> HashBits);

    private static long SlotsFor(int count) => Math.Max(LeastSlots, (count * 3L / 2) + 1);

    // First all slots are read without deciding anything, so that the processor waits for them at the same time.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Read(ReadOnlySpan<uint> hashes, Span<ulong> slots)
    {
        for (int index = 0; index < hashes.Length; index++)
        {
            slots[index] = _slots[Place(hashes[index])];
        }
    }

    private void Insert(uint row, uint hash)
    {
        int place = Place(hash);
        while (_slots[place] is var slot and not 0 && !(HashIn(slot) == hash && HasKey((uint)slot, _rows.Open(row).Key)))
        {
            place = Next(place);
        }

        _rows.SetLink(row, (uint)_slots[place]);
        _slots[place] = ((ulong)hash << HashBits) | row;
    }

    private bool HasKey(uint row, ReadOnlySpan<byte> key) => _rows.Open(row).Key.SequenceEqual(key);

    private int Place(uint hash) => (int)((hash * (ulong)_slots.Length) >> HashBits);

    private int Next(int place) => place + 1 == _slots.Length ? 0 : place + 1;
}
