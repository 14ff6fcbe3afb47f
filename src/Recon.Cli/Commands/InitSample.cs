using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Discovery.Profiling;
using Recon.Discovery.Writing;

namespace Recon.Cli.Commands;

/// <summary>The records of an object's files to compare with the mirror.</summary>
internal static class InitSample
{
    /// <param name="questions">Asks how the first file is written where it does not tell; it is read again as somebody answers.</param>
    /// <exception cref="UsageException">The files are no parts of one object: header or notation differ.</exception>
    public static async Task<FileSample> ReadAsync(Invocation invocation, IReadOnlyList<string> files, InitQuestions questions, CancellationToken cancellationToken)
    {
        ProfileOptions options = new() { MostRows = Math.Max(2, new ProfileOptions().MostRows / files.Count) };
        List<FileSample> parts = [];
        foreach (string file in files)
        {
            invocation.Note($"Looks at {file} ({Size(new FileInfo(file).Length)}).");
            FileSample part = await FileProfiler.ReadAsync(file, options, cancellationToken);
            while (parts.Count == 0 && OpenQuestions.Of(part.Profile).FirstOrDefault() is { } question
                && questions.Choose(question.Text, [.. question.Readings.Select(reading => $"{reading.Label} ({reading.Evidence})")]) is { } answer)
            {
                options = question.Readings[answer].Apply(options);
                part = await FileProfiler.ReadAsync(file, options, cancellationToken);
            }

            parts.Add(part);
            RequireAlike(parts[0].Profile, parts[^1].Profile);
        }

        return FileParts.Join(parts);
    }

    private static void RequireAlike(FileProfile first, FileProfile other)
    {
        string? differing = !Names(first).SequenceEqual(Names(other), StringComparer.OrdinalIgnoreCase) ? Columns(first, other)
            : first.Encoding.Value != other.Encoding.Value ? $"encoding {other.Encoding.Value} in place of {first.Encoding.Value}"
            : first.Delimiter.Value != other.Delimiter.Value ? $"delimiter {other.Delimiter.Value} in place of {first.Delimiter.Value}"
            : first.Header.Value != other.Header.Value ? $"{(other.Header.Value ? "a header" : "no header")}, other than the first"
            : first.Quote.Value != other.Quote.Value ? $"quote {other.Quote.Value} in place of {first.Quote.Value}"
            : first.Escape.Value != other.Escape.Value ? $"escape {other.Escape.Value} in place of {first.Escape.Value}"
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
