using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>Stores what an update sends, as it came or as traps have it.</summary>
internal sealed class UpdateWriter(SandboxPortal portal, ObjectStore store, ActiveTraps traps)
{
    /// <summary>Writes an input.</summary>
    /// <returns>What a workflow does to it afterwards.</returns>
    public Action Write(SandboxRecord record, UpdateInput input)
    {
        List<Action> afterwards = [];
        foreach ((string name, string value) in input.Values)
        {
            string before = store.Value(record, name) ?? "";
            store.Set(record, name, Stored(store.Property(name)!, value), portal.Now, ChangeSource.App);
            foreach (SandboxTrap trap in traps.Of(TrapKind.Workflow))
            {
                string[] parts = trap.Parts(2);
                if (parts[0] == name && (trap.Ids.Count == 0 || trap.Ids.Contains(record.Id)))
                {
                    afterwards.Add(() => store.Set(record, name, parts.Length == 2 ? parts[1] : before, portal.Now, ChangeSource.Workflow));
                }
            }
        }

        return () => afterwards.ForEach(action => action());
    }

    private string Stored(SandboxProperty property, string value)
    {
        string stored = PropertyValue.Canonical(property, value);
        return traps.Of(TrapKind.Rewrite).Aggregate(stored, (text, trap) => Rewritten(text, trap.Value, property));
    }

    private static string Rewritten(string text, string? how, SandboxProperty property)
    {
        if (how is null or "trim")
        {
            text = text.Trim();
        }

        if (how is null or "email" && property.Name.Contains("email", StringComparison.Ordinal))
        {
#pragma warning disable CA1308 // This is what HubSpot does.
            text = text.ToLowerInvariant();
#pragma warning restore CA1308
        }

        return how is null or "phone" && property.Name.Contains("phone", StringComparison.Ordinal) ? string.Concat(text.Where(each => !char.IsWhiteSpace(each))) : text;
    }
}
