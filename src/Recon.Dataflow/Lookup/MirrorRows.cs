namespace Recon.Dataflow.Lookup;

/// <summary>Mirror rows as they came from PostgreSQL: raw binary values in one buffer, not yet interpreted.</summary>
public sealed class MirrorRows
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly int[] _lengths;
    private readonly long[] _ids;

    /// <summary>Wraps the buffers.</summary>
    /// <param name="columns">The columns that each row holds.</param>
    /// <param name="bytes">The values.</param>
    /// <param name="starts">Where each value starts, row by row.</param>
    /// <param name="lengths">How long each value is, in bytes; -1 for null.</param>
    /// <param name="ids">The HubSpot id of each row.</param>
    /// <param name="count">The number of rows.</param>
    public MirrorRows(
        IReadOnlyList<MirrorColumn> columns, byte[] bytes, int[] starts, int[] lengths, long[] ids, int count)
    {
        Columns = columns;
        _bytes = bytes;
        _starts = starts;
        _lengths = lengths;
        _ids = ids;
        Count = count;
    }

    /// <summary>The columns that each row holds.</summary>
    public IReadOnlyList<MirrorColumn> Columns { get; }

    /// <summary>The number of rows.</summary>
    public int Count { get; }

    /// <summary>A row's HubSpot id.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <returns>The id.</returns>
    public long HubspotId(int row) => _ids[row];

    /// <summary>Whether a value is null.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="column">The column, from 0.</param>
    /// <returns><see langword="true"/> for null.</returns>
    public bool IsNull(int row, int column) => _lengths[(row * Columns.Count) + column] < 0;

    /// <summary>A value in PostgreSQL's binary form.</summary>
    /// <param name="row">The row, from 0.</param>
    /// <param name="column">The column, from 0.</param>
    /// <returns>The bytes; empty for null.</returns>
    public ReadOnlySpan<byte> Raw(int row, int column)
    {
        int at = (row * Columns.Count) + column;
        return _bytes.AsSpan(_starts[at], Math.Max(_lengths[at], 0));
    }
}
