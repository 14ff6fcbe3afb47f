using Recon.Postgres.Wire;

namespace Recon.Postgres.Lookups;

/// <summary>A row of <see cref="PackedRows"/>, opened for reading.</summary>
internal readonly ref struct PackedRow
{
    /// <summary>Opens a row.</summary>
    /// <param name="bytes">What follows its link: id, length of the key, key, codes, values.</param>
    public PackedRow(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        ulong id = Varint.ReadLong(bytes, ref at);
        Id = (long)(id >> 1) ^ -(long)(id & 1);
        int length = (int)Varint.Read(bytes, ref at);
        Key = bytes.Slice(at, length);
        Columns = bytes[(at + length)..];
    }

    /// <summary>The HubSpot id.</summary>
    public long Id { get; }

    /// <summary>The key as UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>For each column a code or a length, then the values that have no code; whatever follows them.</summary>
    public ReadOnlySpan<byte> Columns { get; }

    /// <summary>Where the row's values stand.</summary>
    /// <param name="frequent">Where the values of the codes stand in the buffer.</param>
    /// <param name="first">Where the row's own values begin in the buffer.</param>
    /// <param name="starts">Takes, for each column, where its value starts.</param>
    /// <param name="lengths">Takes, for each column, its length; -1 for null.</param>
    /// <returns>The row's own values, one after the other.</returns>
    public ReadOnlySpan<byte> Places(ReadOnlySpan<FieldPlace> frequent, int first, Span<int> starts, Span<int> lengths)
    {
        int at = 0;
        int used = first;
        for (int column = 0; column < starts.Length; column++)
        {
            uint number = Varint.Read(Columns, ref at);
            if (number < FrequentValues.Codes)
            {
                (starts[column], lengths[column]) = frequent[(int)number];
            }
            else
            {
                int length = (int)(number - FrequentValues.Codes);
                (starts[column], lengths[column]) = (used, length);
                used += length;
            }
        }

        return Columns.Slice(at, used - first);
    }

    /// <summary>The bytes that <see cref="Columns"/> uses.</summary>
    public int ColumnBytes(int width)
    {
        int at = 0;
        int sum = 0;
        for (int column = 0; column < width; column++)
        {
            uint number = Varint.Read(Columns, ref at);
            sum += number < FrequentValues.Codes ? 0 : (int)(number - FrequentValues.Codes);
        }

        return at + sum;
    }
}
