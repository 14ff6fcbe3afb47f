
namespace Recon.Postgres.Wire;

/// <summary>The tuples of a batch without those that PostgreSQL refused.</summary>
internal sealed class RefusedTuples(BinaryCopyBuffer staged)
{
    private readonly HashSet<int> _refused = [];

    /// <summary>Tuples that are left.</summary>
    public int Remaining => staged.Count - _refused.Count;

    public void Refuse(int tuple) => _refused.Add(tuple);

    /// <summary>Which tuple a line of the COPY was.</summary>
    /// <param name="line">The line in the server's error, from 1.</param>
    public int IndexOfLine(long line)
    {
        for (int tuple = 0; tuple < staged.Count; tuple++)
        {
            if (!_refused.Contains(tuple) && --line == 0)
            {
                return tuple;
            }
        }

        return -1;
    }

    /// <summary>What is sent: everything at once, unless a tuple was refused.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
        => _refused.Count == 0
            ? [staged.Bytes]
            : Enumerable.Range(0, staged.Count).Where(tuple => !_refused.Contains(tuple)).Select(staged.Tuple);
}
