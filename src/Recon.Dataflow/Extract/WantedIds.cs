using System.Text;

namespace Recon.Dataflow.Extract;

/// <summary>The ids that a run is limited to, and which of them no kept record has had yet. Not thread-safe.</summary>
/// <param name="wanted">The ids, in canonical form.</param>
internal sealed class WantedIds(IReadOnlySet<string> wanted)
{
    private const int MostNamed = 50;

    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _all = Lookup(wanted);
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _unseen = Lookup(wanted);

    /// <summary>Notes that a record has an id.</summary>
    /// <param name="id">The id, canonical, in UTF-8.</param>
    /// <returns>Whether it is wanted.</returns>
    public bool Take(ReadOnlySpan<byte> id)
    {
        _ = _unseen.Remove(id);
        return _all.Contains(id);
    }

    /// <summary>A warning about the ids that came on no record so far.</summary>
    /// <returns>The text; <see langword="null"/> when all came.</returns>
    public string? Unseen()
    {
        if (_unseen.Set.Count == 0)
        {
            return null;
        }

        string[] ids = [.. _unseen.Set.Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal)];
        string more = ids.Length > MostNamed ? $" and {ids.Length - MostNamed} more" : "";
        return $"{ids.Length} of the {_all.Set.Count} ids of --ids {(ids.Length == 1 ? "is" : "are")} on no record that was kept "
            + $"(not in the file, excluded or rejected): {string.Join(", ", ids.Take(MostNamed))}{more}.";
    }

    private static HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> Lookup(IReadOnlySet<string> ids)
        => new HashSet<byte[]>(ids.Select(Encoding.UTF8.GetBytes), Utf8Comparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
}
