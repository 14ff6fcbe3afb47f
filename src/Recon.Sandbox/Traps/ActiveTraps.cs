namespace Recon.Sandbox.Traps;

/// <summary>The traps that act on one call.</summary>
internal sealed class ActiveTraps(IReadOnlyList<SandboxTrap> traps)
{
    /// <summary>Their texts, for the log of calls.</summary>
    public IReadOnlyList<SandboxTrap> All => traps;

    public SandboxTrap? Find(TrapKind kind) => traps.FirstOrDefault(trap => trap.Kind == kind);

    public bool Has(TrapKind kind) => Find(kind) is not null;

    public IEnumerable<SandboxTrap> Of(TrapKind kind) => traps.Where(trap => trap.Kind == kind);
}
