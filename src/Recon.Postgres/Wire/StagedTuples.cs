using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Postgres.Wire;

/// <summary>
/// The tuples of one batch, in three lots. Most records change nothing, and PostgreSQL fills in the empty objects of their
/// <c>properties_to_update</c> and <c>previous_values</c> in a fraction of the time in which it would parse them. Rows that
/// may repeat a legacy id go to a table of their own, so that the large one holds each id once and needs no search.
/// </summary>
internal sealed class StagedTuples : IStagedRows
{
    private StagedTuples(int rows, int suspects, int room)
    {
        Unchanged = new BinaryCopyBuffer(rows, room);
        Changed = new BinaryCopyBuffer(rows, room / 2);
        Repeats = new BinaryCopyBuffer(suspects, (int)((long)room * suspects / Math.Max(rows, 1)) + 1);
    }

    /// <summary>Tuples without the fields of <see cref="CommonColumns.Changes"/>.</summary>
    public BinaryCopyBuffer Unchanged { get; }

    /// <summary>Tuples with all fields.</summary>
    public BinaryCopyBuffer Changed { get; }

    /// <summary>Tuples with all fields, of rows whose id may have occurred before.</summary>
    public BinaryCopyBuffer Repeats { get; }

    /// <summary>What the next run is to know of the rows; <see langword="null"/> where nothing is kept.</summary>
    public StagedHashes? Hashes { get; init; }

    public long HeldBytes => (long)Unchanged.HeldBytes + Changed.HeldBytes + Repeats.HeldBytes;

    /// <summary>What COPY sends.</summary>
    public long Bytes => (long)Unchanged.Bytes.Length + Changed.Bytes.Length + Repeats.Bytes.Length;

    /// <summary>Makes room for a whole batch at once: growing copies.</summary>
    /// <param name="suspects">How many rows may repeat a legacy id.</param>
    /// <remarks>
    /// Tuples of short fields are about twice as long as these, of long ones not much longer, and some four records of ten
    /// change something.
    /// </remarks>
    /// <param name="hashes">What the next run is to know of the rows; <see langword="null"/> where nothing is kept.</param>
    public static StagedTuples For(RecordBatch batch, int suspects, StagedHashes? hashes = null)
        => new(batch.RowCount, suspects, batch.ByteCount + Math.Min(batch.ByteCount, 1024 * 1024) + (256 * batch.RowCount) + 1024)
        {
            Hashes = hashes,
        };

    public void Dispose()
    {
        Unchanged.Dispose();
        Changed.Dispose();
        Repeats.Dispose();
        Hashes?.Dispose();
    }
}
