using System.Globalization;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Checks;

internal static class CheckText
{
    public static string Show(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun: <c>1 record</c>, <c>2,000 records</c>.</summary>
    public static string Show(long count, string noun) => $"{Show(count)} {noun}{(count == 1 ? "" : "s")}";

    /// <summary>What somebody may have meant, as the end of a message.</summary>
    public static string DidYouMean(string name, IEnumerable<string> among)
        => Suggestion.Nearest(name, among) is { } near ? $" Did you mean \"{near}\"?" : "";

    public static string Column(SqlTable table, string column) => $"column {table.Display}.{column}";
}
