namespace Recon.Dataflow.Batches;

/// <summary>What somebody decided about the HubSpot record of a legacy record.</summary>
/// <param name="HubspotId">The HubSpot record; <see langword="null"/> where there is none.</param>
/// <param name="By">Who decided it, and when: for notes.</param>
internal sealed record RecordDecision(long? HubspotId, string By);

/// <summary>A row of a batch about whose record somebody decided.</summary>
/// <param name="IsRefused">Whether its HubSpot record is gone: the row is judged as without the decision.</param>
internal readonly record struct DecidedRow(RecordDecision Decision, bool IsRefused);

/// <summary>Which of the rows of a legacy id, which disagree, somebody decided to count.</summary>
/// <param name="Hash">Its <see cref="RecordHash"/>.</param>
/// <param name="By">Who decided it, and when: for notes.</param>
/// <param name="Columns">The columns of the file that the hash is of: a mapping of others does not make it another row. <see langword="null"/> for all.</param>
internal sealed record KeptRow(string Hash, string By, IReadOnlySet<string>? Columns)
{
    /// <summary>Whether a row is the one.</summary>
    /// <param name="values">Its values that are not empty, by column of the file.</param>
    public bool Is(IEnumerable<KeyValuePair<string, string>> values)
        => RecordHash.Of(Columns is null ? values : values.Where(value => Columns.Contains(value.Key))) == Hash;
}
