namespace Recon.Dataflow;

/// <summary>
/// Legacy records from somewhere else than a file: another database, a service, memory. They take the way of a CSV
/// export: the csv block's id, null spellings, filters and rejects apply to them.
/// </summary>
public interface IRecordSource
{
    /// <summary>The columns, in the order of the values. Names are matched without regard to case.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>
    /// Reads the records, once per run. What it throws fails the run, and nothing is published; before the first records
    /// have come, the run is not begun, and the exception comes out of it.
    /// </summary>
    /// <param name="cancellationToken">Cancelled when the run ends early.</param>
    /// <returns>The records, each with one value per column; <see langword="null"/> for no value.</returns>
    IAsyncEnumerable<IReadOnlyList<string?>> ReadAsync(CancellationToken cancellationToken);
}
