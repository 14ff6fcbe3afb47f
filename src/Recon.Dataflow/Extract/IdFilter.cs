using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>The ids that a run is limited to, and which of them no kept record has had yet. Not thread-safe.</summary>
internal sealed class IdFilter(IReadOnlySet<string> wanted)
{
    private const int MostNamed = 50;

    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _all = Lookup(wanted);
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _unseen = Lookup(wanted);

    /// <summary>Tells whether a record that would be kept otherwise is wanted, and notes its id.</summary>
    public bool Take(ReadOnlySpan<byte> id)
    {
        if (!_all.Contains(id))
        {
            return false;
        }

        _ = _unseen.Remove(id);
        return true;
    }

    /// <summary>A warning about the ids that no kept record has had so far.</summary>
    public string? Unseen()
    {
        if (_unseen.Set.Count == 0)
        {
            return null;
        }

        string[] ids = [.. _unseen.Set.Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal)];
        string more = ids.Length > MostNamed ? $" and {ids.Length - MostNamed} more" : "";
        return $"{ids.Length} of the {_all.Set.Count} ids given by --ids or --ids-file matched no record that was kept "
            + $"(not in the file, excluded or rejected): {string.Join(", ", ids.Take(MostNamed))}{more}.";
    }

    private static HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> Lookup(IReadOnlySet<string> ids)
        => new HashSet<byte[]>(ids.Select(id => CanonicalForm.Uniform(Encoding.UTF8.GetBytes(id), new Utf8Scratch()).ToArray()), Utf8Comparer.Instance)
            .GetAlternateLookup<ReadOnlySpan<byte>>();
}
