namespace Recon.Sandbox.Portal;

/// <summary>An object type of the portal: its properties and its records, in the order in which they came.</summary>
internal sealed class ObjectStore
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<SandboxProperty> _properties = [];
    private readonly Dictionary<string, SandboxRecord> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<int, UniqueValues> _unique = [];

    public ObjectStore(string type)
    {
        Type = type;
        foreach (SandboxProperty property in StandardProperties.All)
        {
            Define(property);
        }
    }

    /// <summary>The type as paths name it, such as <c>companies</c>.</summary>
    public string Type { get; }

    public IReadOnlyList<SandboxProperty> Properties => _properties;

    public IReadOnlyCollection<SandboxRecord> Records => _records.Values;

    /// <summary>What an administrator demands of records, beside the rules of single properties.</summary>
    public List<ConditionalRule> ConditionalRules { get; } = [];

    public SandboxRecord? Find(string id) => _records.GetValueOrDefault(id);

    public SandboxProperty? Property(string name) => _places.TryGetValue(name, out int place) ? _properties[place] : null;

    /// <summary>Adds a property, or puts another description in place of one.</summary>
    public void Define(SandboxProperty property)
    {
        if (_places.TryGetValue(property.Name, out int place))
        {
            _properties[place] = property;
        }
        else
        {
            place = _properties.Count;
            _places.Add(property.Name, place);
            _properties.Add(property);
        }

        _ = _unique.Remove(place);
        if (property.IsUnique && !StandardProperties.Has(property.Name))
        {
            _unique.Add(place, UniqueValues.Of(_records.Values, place));
        }
    }

    /// <summary>Adds a record; properties that nobody has described are texts.</summary>
    public SandboxRecord Add(string id, IEnumerable<KeyValuePair<string, string>> values, DateTimeOffset createdAt, DateTimeOffset updatedAt)
    {
        var cells = new string?[_properties.Count];
        foreach ((string name, string value) in values)
        {
            if (!_places.TryGetValue(name, out int place))
            {
                Define(new SandboxProperty(name));
                place = _places[name];
                Array.Resize(ref cells, _properties.Count);
            }

            cells[place] = value.Length == 0 ? null : value;
        }

        var record = new SandboxRecord(id, cells, createdAt, updatedAt);
        _records.Add(id, record);
        foreach ((int place, UniqueValues unique) in _unique)
        {
            unique.Changed(id, null, record[place]);
        }

        return record;
    }

    /// <summary>A value; <see langword="null"/> for none, and for a property that there is not.</summary>
    public string? Value(SandboxRecord record, string name)
        => StandardProperties.Has(name) ? StandardProperties.Of(record, name) : _places.TryGetValue(name, out int place) ? record[place] : null;

    public void Set(SandboxRecord record, string name, string value, DateTimeOffset at, ChangeSource source)
    {
        int place = _places[name];
        string? before = record[place];
        record.Set(place, value, at, source);
        _unique.GetValueOrDefault(place)?.Changed(record.Id, before, record[place]);
    }

    /// <summary>The values that a property had, newest first.</summary>
    public IReadOnlyList<HistoryItem> History(SandboxRecord record, string name) => !_places.TryGetValue(name, out int place) ? []
        : StandardProperties.Of(record, name) is { } value ? [new HistoryItem(value, record.UpdatedAt, ChangeSource.Import)]
        : record.History(place);

    /// <summary>The other record that has a value of a unique property.</summary>
    public string? OwnerOf(string property, string value, string except)
        => _places.TryGetValue(property, out int place) && _unique.GetValueOrDefault(place)?.OwnerOf(value) is { } owner && owner != except ? owner : null;
}
