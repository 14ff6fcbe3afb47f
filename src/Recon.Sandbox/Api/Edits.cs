using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Api;

/// <summary>What traps do to records beside a call.</summary>
internal static class Edits
{
    /// <summary>The person who edits while somebody else works.</summary>
    private const long Colleague = 7_000_001;

    /// <summary>Changes records as a person does.</summary>
    public static void Make(SandboxPortal portal, ObjectStore store, IEnumerable<SandboxTrap> traps, IReadOnlyList<string> ids)
    {
        foreach (SandboxTrap trap in traps)
        {
            string[] parts = trap.Parts(2);
            foreach (string id in trap.Chosen(ids, 1))
            {
                if (store.Find(id) is { IsThere: true } record && store.Property(parts[0]) is not null)
                {
                    store.Set(record, parts[0], parts[1], portal.Now, ChangeSource.Person(Colleague));
                }
            }
        }
    }

    /// <summary>Takes records away: merged into another one, or deleted.</summary>
    public static void Remove(SandboxPortal portal, ObjectStore store, ActiveTraps traps, IReadOnlyList<string> ids)
    {
        foreach (SandboxTrap trap in traps.Of(TrapKind.Merge))
        {
            foreach (string id in trap.Chosen(ids, 1))
            {
                if (store.Find(id) is { MergedInto: null } record && store.Find(trap.Value!) is { } survivor && survivor != record)
                {
                    record.MergeInto(survivor, portal.Now);
                }
            }
        }

        foreach (SandboxTrap trap in traps.Of(TrapKind.Archive))
        {
            foreach (string id in trap.Chosen(ids, 1))
            {
                if (store.Find(id) is { } record)
                {
                    record.IsArchived = true;
                }
            }
        }
    }
}
