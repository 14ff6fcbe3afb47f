using Recon.Discovery.Profiling;

namespace Recon.Discovery.Proposing;

/// <summary>Columns of a file that a definition cannot tell apart, because another one has the same name.</summary>
internal static class RepeatedNames
{
    public const string Why = "the file has several columns of this name, and a definition cannot say which one is meant; name them apart in the file";

    /// <summary>Their positions among the columns of the profile.</summary>
    public static IReadOnlySet<int> Of(FileProfile file) => file.Columns.Select((column, at) => (column.Name, At: at))
        .GroupBy(column => column.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Skip(1).Any()).SelectMany(same => same.Select(column => column.At)).ToHashSet();
}
