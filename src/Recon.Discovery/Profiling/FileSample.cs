namespace Recon.Discovery.Profiling;

/// <summary>A file's profile, and records of it to compare: from the beginning, the middle and the end.</summary>
/// <param name="Rows">
/// A value per column of the profile; null where a record has none (blank or a null spelling). As they are in the file, but trimmed.
/// </param>
internal sealed record FileSample(FileProfile Profile, IReadOnlyList<string?[]> Rows);
