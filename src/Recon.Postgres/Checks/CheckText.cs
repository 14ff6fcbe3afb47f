using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Checks;

internal static class CheckText
{
    /// <summary>What somebody may have meant, as the end of a message.</summary>
    public static string DidYouMean(string name, IEnumerable<string> among)
        => Suggestion.Nearest(name, among) is { } near ? $" Did you mean \"{near}\"?" : "";

    public static string Column(SqlTable table, string column) => $"column {table.Display}.{column}";
}
