namespace Recon.Dataflow;

/// <summary>
/// Finds HubSpot records somewhere other than a PostgreSQL table, in place of one lookup block of a pipeline.
/// Called for several batches at the same time, as many as the block's <c>parallelism</c>.
/// </summary>
public interface IRecordLookup
{
    /// <summary>Finds the records that have one of the given keys. An exception fails the run, and nothing is published.</summary>
    /// <param name="keys">Distinct keys of one batch: canonical legacy ids, or the converted values of a fallback.</param>
    /// <param name="columns">The columns that the pipeline compares or stages; empty for a parent.</param>
    /// <param name="cancellationToken">Cancelled when the run ends early.</param>
    /// <returns>What was found, in any order. Several records with the same key make a legacy record ambiguous.</returns>
    ValueTask<IReadOnlyList<FoundRecord>> FindAsync(
        IReadOnlyList<string> keys, IReadOnlyList<string> columns, CancellationToken cancellationToken);
}

/// <summary>A HubSpot record that a lookup found.</summary>
/// <param name="Key">The key that it was found by, exactly as given to the lookup.</param>
/// <param name="HubspotId">Its HubSpot id.</param>
/// <param name="Values">Its values by column, as text in HubSpot's spelling; a column that is left out, empty or null has no value.</param>
public sealed record FoundRecord(string Key, long HubspotId, IReadOnlyDictionary<string, string?> Values);
