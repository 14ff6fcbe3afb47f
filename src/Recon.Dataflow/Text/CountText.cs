using System.Globalization;

namespace Recon.Dataflow.Text;

/// <summary>Counts as messages show them.</summary>
internal static class CountText
{
    public static string Show(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A count with its noun: <c>1 record</c>, <c>2,000 records</c>.</summary>
    public static string Show(long count, string noun) => $"{Show(count)} {noun}{(count == 1 ? "" : "s")}";
}
