namespace Recon.Sandbox.Portal;

/// <summary>Which record has which value of a property; letters count without regard to case.</summary>
internal sealed class UniqueValues
{
    private readonly Dictionary<string, string> _owners = new(StringComparer.OrdinalIgnoreCase);

    public static UniqueValues Of(IEnumerable<SandboxRecord> records, int place)
    {
        var unique = new UniqueValues();
        foreach (SandboxRecord record in records)
        {
            unique.Changed(record.Id, null, record[place]);
        }

        return unique;
    }

    public string? OwnerOf(string value) => _owners.GetValueOrDefault(value);

    public void Changed(string id, string? before, string? after)
    {
        if (before is not null && _owners.GetValueOrDefault(before) == id)
        {
            _ = _owners.Remove(before);
        }

        if (after is not null)
        {
            _ = _owners.TryAdd(after, id);
        }
    }
}
