using Recon.Postgres.Catalog;
using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Mirror;

/// <summary>Puts the rows of a mirror table into the portal as objects of one type.</summary>
internal sealed class ServedType
{
    private readonly ObjectStore _store;
    private readonly ServedColumn?[] _columns;
    private readonly Place _place;
    private readonly DateTimeOffset _now;

    public ServedType(SandboxPortal portal, string type, MirrorSource source, MirrorTable table)
    {
        _store = portal.Store(type);
        _now = portal.Now;
        _place = new Place(table, source.Id);
        _columns = [.. table.Columns.Select((column, place) => _place.IsOfTheRecord(place) ? null : ServedColumn.Of(column, source, _store.Type))];
        foreach (ServedColumn column in _columns.OfType<ServedColumn>())
        {
            _store.Define(column.Property);
        }
    }

    /// <returns>Whether the row is a record: it has an id, and none has it already.</returns>
    public bool Add(string?[] row)
    {
        if (row[_place.Id] is not { Length: > 0 } id || _store.Find(id) is not null)
        {
            return false;
        }

        DateTimeOffset created = Time(row, _place.Created) ?? Time(row, _place.Modified) ?? _now;
        SandboxRecord record = _store.Add(id, Values(row), created, Time(row, _place.Modified) ?? created);
        record.IsArchived = Cell(row, _place.Archived) == "true";
        foreach (string merged in (Cell(row, _place.Merged) ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (_store.Find(merged) is null)
            {
                _store.Add(merged, [], created, created).MergeInto(record, record.UpdatedAt);
            }
        }

        return true;
    }

    /// <summary>Tells what the rows have shown of the properties.</summary>
    public void Close()
    {
        foreach (ServedColumn column in _columns.OfType<ServedColumn>())
        {
            column.Close();
            bool isEmail = _store.Type == "contacts" && column.Property.Name == "email";
            // HubSpot has each address once; a mirror that has one twice is no reason to refuse it for ever.
            _store.Define(column.Property with { IsUnique = isEmail && IsDistinct(column.Property.Name) });
        }
    }

    private bool IsDistinct(string property)
    {
        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        return _store.Records.Select(record => _store.Value(record, property)).OfType<string>().All(seen.Add);
    }

    private IEnumerable<KeyValuePair<string, string>> Values(string?[] row)
    {
        for (int place = 0; place < row.Length; place++)
        {
            if (_columns[place] is { } column && row[place] is { } cell)
            {
                yield return KeyValuePair.Create(column.Property.Name, column.Read(cell));
            }
        }
    }

    private static string? Cell(string?[] row, int? place) => place is { } there ? row[there] : null;

    private static DateTimeOffset? Time(string?[] row, int? place)
        => Cell(row, place) is { } text && Instants.TryRead(text, out DateTimeOffset time) ? time : null;

    /// <summary>Where the columns are that tell of the record itself.</summary>
    private sealed class Place
    {
        public Place(MirrorTable table, string id)
        {
            string[] names = [.. table.Columns.Select(column => column.Name)];
            Id = Of(id) ?? throw new InvalidDataException($"The mirror table {table.Table.Display} has no column {id}, which the definition names.");
            Created = Of(StandardProperties.Created) ?? Of(StandardProperties.OtherCreated);
            Modified = Of(StandardProperties.Modified) ?? Of(StandardProperties.OtherModified);
            Archived = Of("archived");
            Merged = Of(StandardProperties.MergedIds);
            Others = [.. Enumerable.Range(0, names.Length).Where(place => StandardProperties.Has(names[place]))];

            int? Of(string name) => Array.IndexOf(names, name) is >= 0 and int place ? place : null;
        }

        public int Id { get; }

        public int? Created { get; }

        public int? Modified { get; }

        public int? Archived { get; }

        public int? Merged { get; }

        private int[] Others { get; }

        public bool IsOfTheRecord(int place) => place == Id || place == Archived || Others.Contains(place);
    }
}
