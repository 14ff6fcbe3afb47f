namespace Recon.Sandbox.Portal;

/// <summary>A record of the portal. Its values stand in the order of its type's properties; only what changed since the start has a history of its own.</summary>
internal sealed class SandboxRecord(string id, string?[] values, DateTimeOffset createdAt, DateTimeOffset updatedAt)
{
    private readonly DateTimeOffset _loadedAt = updatedAt;
    private string?[] _values = values;
    private Dictionary<int, List<HistoryItem>>? _history;
    private List<string>? _mergedIds;

    public string Id { get; } = id;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public DateTimeOffset UpdatedAt { get; private set; } = updatedAt;

    public bool IsArchived { get; set; }

    /// <summary>The record that it was merged into; <see langword="null"/> for one that is there.</summary>
    public string? MergedInto { get; private set; }

    /// <summary>The records that were merged into it.</summary>
    public IReadOnlyList<string> MergedIds => _mergedIds ?? [];

    /// <summary>Whether reading and writing it by its id finds it.</summary>
    public bool IsThere => MergedInto is null && !IsArchived;

    public string? this[int property] => property < _values.Length ? _values[property] : null;

    /// <summary>Sets a value; setting what is there already is no change, as in HubSpot.</summary>
    public void Set(int property, string value, DateTimeOffset at, ChangeSource source)
    {
        UpdatedAt = at;
        if ((this[property] ?? "") == value)
        {
            return;
        }

        _history ??= [];
        if (!_history.TryGetValue(property, out List<HistoryItem>? items))
        {
            _history.Add(property, items = [.. Loaded(property)]);
        }

        items.Add(new HistoryItem(value, at, source));
        if (property >= _values.Length)
        {
            Array.Resize(ref _values, property + 1);
        }

        _values[property] = value.Length == 0 ? null : value;
    }

    /// <summary>The values that a property had, newest first.</summary>
    public IReadOnlyList<HistoryItem> History(int property)
        => _history?.GetValueOrDefault(property) is { } items ? [.. items.AsEnumerable().Reverse()] : [.. Loaded(property)];

    public void MergeInto(SandboxRecord survivor, DateTimeOffset at)
    {
        MergedInto = survivor.Id;
        (survivor._mergedIds ??= []).AddRange([Id, .. MergedIds]);
        survivor.UpdatedAt = at;
    }

    private IEnumerable<HistoryItem> Loaded(int property)
        => this[property] is { } value ? [new HistoryItem(value, _loadedAt, ChangeSource.Import)] : [];
}
