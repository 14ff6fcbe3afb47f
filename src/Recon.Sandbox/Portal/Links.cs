namespace Recon.Sandbox.Portal;

/// <summary>Associations of records, which hold in both directions.</summary>
internal sealed class Links
{
    private readonly Dictionary<(string Type, string Id, string To), SortedSet<string>> _links = [];

    /// <summary>Links two records.</summary>
    /// <returns>Whether they were not linked before.</returns>
    public bool Add(string fromType, string fromId, string toType, string toId)
    {
        bool isNew = Of(fromType, fromId, toType, create: true)!.Add(toId);
        _ = Of(toType, toId, fromType, create: true)!.Add(fromId);
        return isNew;
    }

    public IReadOnlyCollection<string> Of(string fromType, string fromId, string toType) => Of(fromType, fromId, toType, create: false) ?? [];

    /// <summary>All of them, each direction by itself.</summary>
    public IEnumerable<(string FromType, string FromId, string ToType, string ToId)> All
        => _links.SelectMany(each => each.Value.Select(to => (each.Key.Type, each.Key.Id, each.Key.To, to)));

    private SortedSet<string>? Of(string fromType, string fromId, string toType, bool create)
    {
        if (!_links.TryGetValue((fromType, fromId, toType), out SortedSet<string>? found) && create)
        {
            _links.Add((fromType, fromId, toType), found = new SortedSet<string>(StringComparer.Ordinal));
        }

        return found;
    }
}
