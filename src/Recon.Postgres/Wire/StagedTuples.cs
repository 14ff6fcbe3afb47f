using Recon.Dataflow.Batches;

namespace Recon.Postgres.Wire;

/// <summary>
/// The tuples of one batch, in lots by what PostgreSQL fills in, which takes it a fraction of the time in which it would read it: most
/// records are found by their legacy id, and change nothing. Rows that may repeat a legacy id go to a table of their own, so that the
/// large one holds each id once and needs no search.
/// </summary>
internal sealed class StagedTuples : IStagedRows
{
    private const int Few = 64;

    private readonly BinaryCopyBuffer[] _lots;
    private readonly long _weight;

    private StagedTuples(RecordBatch batch, int suspects, StagedTuples? before)
    {
        _weight = WeightOf(batch);

        // Tuples of short fields are about twice as long as these, of long ones not much longer.
        int room = batch.ByteCount + Math.Min(batch.ByteCount, 1024 * 1024) + (256 * batch.RowCount) + 1024;
        _lots = [.. Enumerable.Range(0, 4).Select(lot => before is { _weight: > 0 }
            ? new BinaryCopyBuffer(Few, Math.Min(RoomLike(before._lots[lot], before, batch), room))
            : new BinaryCopyBuffer(Few, lot == 0 ? room : Few))];
        Repeats = new BinaryCopyBuffer(suspects, (int)((long)room * suspects / Math.Max(batch.RowCount, 1)) + 1);
    }

    /// <summary>Tuples with all columns that a batch writes, of rows whose id may have occurred before.</summary>
    public BinaryCopyBuffer Repeats { get; }

    /// <summary>What the next run is to know of the rows; <see langword="null"/> where nothing is kept.</summary>
    public StagedHashes? Hashes { get; init; }

    public long HeldBytes => _lots.Sum(lot => (long)lot.HeldBytes) + Repeats.HeldBytes;

    /// <summary>What COPY sends.</summary>
    public long Bytes => _lots.Sum(lot => (long)lot.Bytes.Length) + Repeats.Bytes.Length;

    /// <summary>Tuples with the columns of <see cref="TupleLayout.Columns"/>.</summary>
    public BinaryCopyBuffer Lot(bool isUsual, bool hasChanges) => _lots[(isUsual ? 0 : 1) + (hasChanges ? 2 : 0)];

    /// <summary>Makes room for a whole batch at once: growing copies.</summary>
    /// <param name="suspects">How many rows may repeat a legacy id.</param>
    /// <param name="before">The batch before, whose tuples tell how long these will be; <see langword="null"/> for the first one.</param>
    /// <param name="hashes">What the next run is to know of the rows; <see langword="null"/> where nothing is kept.</param>
    public static StagedTuples For(RecordBatch batch, int suspects, StagedTuples? before, StagedHashes? hashes = null)
        => new(batch, suspects, before) { Hashes = hashes };

    public void Dispose()
    {
        foreach (BinaryCopyBuffer lot in _lots)
        {
            lot.Dispose();
        }

        Repeats.Dispose();
        Hashes?.Dispose();
    }

    // An eighth more than a batch of that weight took.
    private static int RoomLike(BinaryCopyBuffer lot, StagedTuples before, RecordBatch batch)
        => (int)Math.Min((lot.UsedBytes * WeightOf(batch) / before._weight * 9 / 8) + Few, Array.MaxLength);

    private static long WeightOf(RecordBatch batch) => batch.ByteCount + (128L * batch.RowCount);
}
