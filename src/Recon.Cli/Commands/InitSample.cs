using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Discovery.Profiling;

namespace Recon.Cli.Commands;

/// <summary>The records of an object's files to compare with the mirror.</summary>
internal static class InitSample
{
    /// <exception cref="UsageException">The files are no parts of one object: header or notation differ.</exception>
    public static async Task<FileSample> ReadAsync(Invocation invocation, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        List<FileSample> parts = [];
        foreach (string file in files)
        {
            invocation.Note($"Looks at {file} ({Size(new FileInfo(file).Length)}).");
            parts.Add(await FileProfiler.ReadAsync(file, new ProfileOptions { MostRows = Math.Max(2, new ProfileOptions().MostRows / files.Count) }, cancellationToken));
            RequireAlike(parts[0].Profile, parts[^1].Profile);
        }

        FileProfile first = parts[0].Profile;
        return parts is [var one] ? one : new FileSample(
            first with
            {
                Bytes = parts.Sum(part => part.Profile.Bytes),
                BytesSeen = parts.Sum(part => part.Profile.BytesSeen),
                Records = parts.Sum(part => part.Profile.Records),
                Malformed = parts.Sum(part => part.Profile.Malformed),
                Nulls = [.. parts.SelectMany(part => part.Profile.Nulls).Distinct(StringComparer.Ordinal)],
            },
            [.. parts.SelectMany(part => part.Rows)]);
    }

    private static void RequireAlike(FileProfile first, FileProfile other)
    {
        string? differing = !Names(first).SequenceEqual(Names(other), StringComparer.OrdinalIgnoreCase) ? Columns(first, other)
            : first.Encoding.Value != other.Encoding.Value ? $"encoding {other.Encoding.Value} in place of {first.Encoding.Value}"
            : first.Delimiter.Value != other.Delimiter.Value ? $"delimiter {other.Delimiter.Value} in place of {first.Delimiter.Value}"
            : null;
        if (differing is not null)
        {
            throw new UsageException($"{other.Path} is no part of the same object as {first.Path}: it has {differing}. Files that differ are pipelines of their own.");
        }
    }

    private static IEnumerable<string> Names(FileProfile file) => file.Columns.Select(column => column.Name);

    private static string Columns(FileProfile first, FileProfile other)
    {
        string[] lacking = [.. Names(first).Except(Names(other), StringComparer.OrdinalIgnoreCase).Take(3)];
        string[] more = [.. Names(other).Except(Names(first), StringComparer.OrdinalIgnoreCase).Take(3)];
        return lacking.Length + more.Length == 0 ? "the columns in another order"
            : string.Join(" and ", ((string[])
            [
                lacking.Length == 0 ? "" : $"no column {string.Join(", ", lacking)}",
                more.Length == 0 ? "" : $"a column {string.Join(", ", more)} beside",
            ]).Where(part => part.Length > 0));
    }

    private static string Size(long bytes) => bytes < 1_000_000 ? $"{Show.Count((bytes + 999) / 1_000)} kB" : $"{Show.Count(bytes / 1_000_000)} MB";
}
