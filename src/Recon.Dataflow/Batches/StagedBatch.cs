namespace Recon.Dataflow.Batches;

/// <summary>
/// The rows of one batch, in three lots. Most records change nothing, and PostgreSQL fills in the empty objects of their
/// <c>properties_to_update</c> and <c>previous_values</c> in a fraction of the time in which it would parse them. Rows that
/// may repeat a legacy id go to a table of their own, so that the large one holds each id once and needs no search.
/// </summary>
/// <param name="repeats">Tuples with all fields, of rows whose id may have occurred before.</param>
internal sealed class StagedBatch(StagedRows unchanged, StagedRows changed, StagedRows repeats) : IDisposable
{
    /// <summary>Tuples without the fields of <c>CommonColumns.Changes</c>.</summary>
    public StagedRows Unchanged { get; } = unchanged;

    /// <summary>Tuples with all fields.</summary>
    public StagedRows Changed { get; } = changed;

    /// <summary>Tuples with all fields, of rows whose id may have occurred before.</summary>
    public StagedRows Repeats { get; } = repeats;

    /// <summary>The number of tuples.</summary>
    public int Count => Unchanged.Count + Changed.Count + Repeats.Count;

    /// <summary>Returns the arrays. Calling it again does nothing.</summary>
    public void Dispose()
    {
        Unchanged.Dispose();
        Changed.Dispose();
        Repeats.Dispose();
    }
}
