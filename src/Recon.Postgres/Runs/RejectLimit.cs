using System.Globalization;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;

namespace Recon.Postgres.Runs;

/// <summary>More records were rejected than allowed; nothing was published. Exit code 3.</summary>
/// <param name="message">The numbers, and what to do.</param>
public sealed class RejectsAboveLimitException(string message) : Exception(message);

/// <summary>How many rejects are tolerated.</summary>
internal static class RejectLimit
{
    /// <param name="counts">The counts of a whole run.</param>
    /// <param name="limit">A count (<c>100</c>) or a share of the records read (<c>5%</c>).</param>
    /// <exception cref="RejectsAboveLimitException">There are more.</exception>
    public static void Check(BatchCounts counts, string limit)
    {
        if (IsExceeded(counts, limit))
        {
            throw new RejectsAboveLimitException(
                $"{CountText.Show(counts.Rejected)} of {CountText.Show(counts.Read)} records were rejected, more than {limit} allows. "
                + "Nothing was published. Look at the rejects (--rejects FILE), fix the input, or allow more with --max-rejects.");
        }
    }

    public static bool IsExceeded(BatchCounts counts, string limit) => counts.Rejected > Allowed(counts.Read, limit);

    private static decimal Allowed(long read, string limit)
        => limit.EndsWith('%')
            ? read * decimal.Parse(limit[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) / 100
            : long.Parse(limit, NumberStyles.None, CultureInfo.InvariantCulture);
}
