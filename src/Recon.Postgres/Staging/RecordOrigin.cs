namespace Recon.Postgres.Staging;

/// <summary>Fingerprints of everything that a result comes from, but for the records and the rows of the mirror.</summary>
/// <param name="Definition">Of the pipeline's definition and its map files.</param>
/// <param name="Tool">Of recon and its time-zone data.</param>
/// <param name="Input">Of what was found out about the whole input: its columns, destroyed dates, the lengths at which texts are cut.</param>
/// <param name="Mirror">Of the mirror's tables without their rows, and of how they are asked.</param>
internal sealed record RecordOrigin(string Definition, string Tool, string Input, string Mirror)
{
    /// <summary>What is not as it was, for people; <see langword="null"/> for nothing.</summary>
    public string? ChangeSince(RecordOrigin former)
        => Definition != former.Definition ? "the definition or a map file has changed"
            : Tool != former.Tool ? "recon or its time-zone data is another version"
            : Input != former.Input ? "the input has other columns, dates that are destroyed, or lengths at which texts are cut"
            : Mirror != former.Mirror ? "a table of the mirror was altered, exchanged or truncated, or is read with other settings"
            : null;
}
