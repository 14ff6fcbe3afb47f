namespace Recon.Postgres.Wire;

/// <summary>What every row of a run carries.</summary>
/// <param name="Files">Names of the source files, by index. A row names its file only when there are several.</param>
/// <param name="Names">The number of the list of the raw values' names; <see langword="null"/> where rows hold them as <c>jsonb</c>.</param>
internal sealed record RunStamp(IReadOnlyList<string> Files, short? Names)
{
    public bool NamesFile => Files.Count > 1;
}
