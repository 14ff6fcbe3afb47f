using Recon.Dataflow.Text;
using Recon.Discovery.Profiling.Dialects;
using Recon.Discovery.Profiling.Input;

namespace Recon.Discovery.Profiling;

/// <summary>What a run would not read as it is, and what was not looked at.</summary>
internal static class FileNotes
{
    /// <param name="titles">Records before the header.</param>
    /// <param name="missing">Fields that the records have more than the header has names.</param>
    /// <param name="names">The header; none for a file without one.</param>
    public static IEnumerable<string> Of(SampledInput input, Found<string> encoding, FoundDialect dialect, int titles, int missing, string[] names, IReadOnlyList<ColumnProfile> columns)
    {
        if (encoding is { Value: "utf-8", IsCertain: false })
        {
            yield return $"A run refuses the file as it is: {encoding.Evidence}. Export it again, or correct these bytes.";
        }

        if (dialect.Hint is not null)
        {
            yield return "The first line, \"sep=\", is Excel's and not read by a run, which takes it for the header: remove it.";
        }

        if (titles > 0)
        {
            yield return $"{CountText.Show(titles, "line")} before the table {(titles == 1 ? "is a title" : "are titles")}, which a run takes for the header: remove {(titles == 1 ? "it" : "them")}.";
        }

        if (missing > 0)
        {
            yield return $"The records have {CountText.Show(missing, "field")} more than the header, so that a run refuses them all: {(names[^1].Length == 0 ? "they end in a delimiter. End the header in one, too" : "the column in front has no name. Name it in the header")}.";
        }

        if (input.IsPacked && !input.IsWhole)
        {
            yield return "The file is packed, so that only its beginning was looked at.";
        }

        foreach (IGrouping<string, string> twice in names.Where(name => name.Length > 0).GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return $"{CountText.Show(twice.Count())} columns are named \"{twice.Key}\", which a definition cannot tell apart: rename all but one before you use it.";
        }

        foreach (ColumnProfile column in columns.Where(column => column.Name.Length == 0 && missing == 0))
        {
            yield return $"Column {column.Index + 1} has values, but no name, so that a definition cannot use it: name it in the header.";
        }
    }
}
