namespace Recon.Sandbox.Portal;

/// <summary>What a portal holds at one moment, without times, so that two of them can be compared.</summary>
internal static class PortalSnapshot
{
    /// <summary>The values of every record that is there by <c>type/id</c>, and of every association as <c>type/id/type/id</c>, in order.</summary>
    public static SortedDictionary<string, SortedDictionary<string, string>> Of(SandboxPortal portal)
    {
        var all = new SortedDictionary<string, SortedDictionary<string, string>>(StringComparer.Ordinal);
        lock (portal.Sync)
        {
            foreach (ObjectStore store in portal.Stores)
            {
                foreach (SandboxRecord record in store.Records.Where(record => record.IsThere))
                {
                    all.Add($"{store.Type}/{record.Id}", ValuesOf(store, record));
                }
            }

            foreach ((string fromType, string fromId, string toType, string toId) in portal.Links.All)
            {
                all.Add($"{fromType}/{fromId}/{toType}/{toId}", new SortedDictionary<string, string>(StringComparer.Ordinal));
            }
        }

        return all;
    }

    private static SortedDictionary<string, string> ValuesOf(ObjectStore store, SandboxRecord record)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (SandboxProperty property in store.Properties)
        {
            if (property.Type != "datetime" || !StandardProperties.Has(property.Name))
            {
                if (store.Value(record, property.Name) is { } value)
                {
                    values.Add(property.Name, value);
                }
            }
        }

        return values;
    }
}
