namespace Recon.Dataflow;

/// <summary>
/// Legacy records that do not come from a file, but from another database, a service or memory. They are treated like
/// those of a CSV export: the csv block's id, null spellings, filters and rejects apply to them.
/// </summary>
public interface IRecordSource
{
    /// <summary>The columns, in the order of the values. Names are matched without regard to case.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// Reads the records, once per run. An exception fails the run, and nothing is published; before the first record,
    /// the run has not started, and the exception is thrown to its caller.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the run ends early.</param>
    /// <returns>The records, each with one value per column; <see langword="null"/> for no value.</returns>
    IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync(CancellationToken cancellationToken);
}
