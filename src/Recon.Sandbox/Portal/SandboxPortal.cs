namespace Recon.Sandbox.Portal;

/// <summary>
/// A HubSpot account in memory. Whoever reads or changes it holds <see cref="Sync"/>; its own methods take it.
/// </summary>
internal sealed class SandboxPortal(long id, TimeProvider clock)
{
    /// <summary>The app that the token belongs to.</summary>
    public const long AppId = 2_000_001;

    private readonly Dictionary<string, ObjectStore> _stores = new(StringComparer.Ordinal);

    public Lock Sync { get; } = new();

    /// <summary>The number that HubSpot calls Hub ID or portal.</summary>
    public long Id { get; } = id;

    public TimeProvider Clock { get; } = clock;

    public DateTimeOffset Now => Clock.GetUtcNow();

    public IReadOnlyCollection<ObjectStore> Stores => _stores.Values;

    public Links Links { get; } = new();

    public ObjectStore? Find(string type) => _stores.GetValueOrDefault(ObjectTypes.NameOf(type));

    /// <summary>The records of a type, which is there from now on.</summary>
    public ObjectStore Store(string type)
    {
        string name = ObjectTypes.NameOf(type);
        if (!_stores.TryGetValue(name, out ObjectStore? store))
        {
            _stores.Add(name, store = new ObjectStore(name));
        }

        return store;
    }

    /// <summary>Changes a value as a person does in the browser.</summary>
    /// <exception cref="KeyNotFoundException">There is no such type, record or property.</exception>
    public void Edit(string type, string id, string property, string value, long user)
    {
        lock (Sync)
        {
            (ObjectStore store, SandboxRecord record) = Require(type, id);
            if (store.Property(property) is null)
            {
                throw new KeyNotFoundException($"'{store.Type}' has no property '{property}'.");
            }

            store.Set(record, property, value, Now, ChangeSource.Person(user));
        }
    }

    /// <summary>Merges a record into another one: its id is found no more, and the other one names it.</summary>
    /// <exception cref="KeyNotFoundException">There is no such type or record.</exception>
    public void Merge(string type, string id, string into)
    {
        lock (Sync)
        {
            (_, SandboxRecord record) = Require(type, id);
            (_, SandboxRecord survivor) = Require(type, into);
            if (record != survivor && record.MergedInto is null)
            {
                record.MergeInto(survivor, Now);
            }
        }
    }

    /// <summary>Moves a record to the recycling bin.</summary>
    /// <exception cref="KeyNotFoundException">There is no such type or record.</exception>
    public void Archive(string type, string id)
    {
        lock (Sync)
        {
            Require(type, id).Record.IsArchived = true;
        }
    }

    /// <summary>What it holds now, without times, so that two states can be compared: see <see cref="PortalSnapshot"/>.</summary>
    public SortedDictionary<string, SortedDictionary<string, string>> Snapshot() => PortalSnapshot.Of(this);

    private (ObjectStore Store, SandboxRecord Record) Require(string type, string id)
        => Find(type) is not { } store ? throw new KeyNotFoundException($"The sandbox has no objects of the type '{type}'.")
            : store.Find(id) is { } record ? (store, record)
            : throw new KeyNotFoundException($"There is no record {id} among the {store.Type}.");
}
