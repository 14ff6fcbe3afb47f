
namespace Recon.Postgres.Wire;

/// <summary>The tuples of a batch without those that PostgreSQL refused.</summary>
internal sealed class RefusedTuples(BinaryCopyBuffer staged)
{
    private readonly HashSet<int> _refused = [];

    /// <summary>Tuples that are left.</summary>
    public int Remaining => staged.Count - _refused.Count;

    public void Refuse(int tuple) => _refused.Add(tuple);

    /// <summary>Which tuples are left.</summary>
    public int[] Left() => [.. Enumerable.Range(0, staged.Count).Where(tuple => !_refused.Contains(tuple))];

    /// <summary>What is sent: everything at once, unless a tuple was refused.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces() => _refused.Count == 0 ? [staged.Bytes] : Left().Select(staged.Tuple);
}

internal readonly record struct RefusedTuple(int Tuple, string SqlState);
