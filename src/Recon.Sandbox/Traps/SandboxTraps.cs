using Recon.Sandbox.Portal;

namespace Recon.Sandbox.Traps;

/// <summary>The traps that are set, and how often each has seen a call that it acts on. Thread-safe.</summary>
internal sealed class SandboxTraps
{
    private readonly Lock _sync = new();
    private readonly List<Armed> _armed = [];

    /// <summary>Those that are set, in the order in which they were.</summary>
    public IReadOnlyList<SandboxTrap> Set
    {
        get
        {
            lock (_sync)
            {
                return [.. _armed.Select(armed => armed.Trap)];
            }
        }
    }

    public void Add(SandboxTrap trap)
    {
        lock (_sync)
        {
            _armed.Add(new Armed(trap));
        }
    }

    public void Clear()
    {
        lock (_sync)
        {
            _armed.Clear();
        }
    }

    /// <summary>The traps that act on a call; it counts as seen by each.</summary>
    /// <param name="type">The object type of the call; <see langword="null"/> where it has none.</param>
    /// <param name="ids">The records of its inputs.</param>
    public ActiveTraps Take(CallKind kind, string? type, IReadOnlyList<string> ids)
    {
        lock (_sync)
        {
            return new ActiveTraps([.. _armed.Where(armed => armed.ActsOn(kind, type, ids)).Select(armed => armed.Trap)]);
        }
    }

    private sealed class Armed(SandboxTrap trap)
    {
        private readonly TrapInfo _info = TrapInfo.Of(trap.Kind);
        private int _seen;

        public SandboxTrap Trap => trap;

        public bool ActsOn(CallKind kind, string? type, IReadOnlyList<string> ids)
        {
            bool isMeant = trap.On is { } on ? on == kind : _info.On.Length == 0 || _info.On.Contains(kind);
            if (!isMeant || (trap.Type is { } meant && (type is null || ObjectTypes.NameOf(meant) != type)) || (trap.Ids.Count > 0 && !ids.Any(trap.Ids.Contains)))
            {
                return false;
            }

            _seen++;
            int? times = trap.Times ?? (_info.Lasts ? null : 1);
            return _seen >= trap.From && (times is null || _seen < trap.From + times);
        }
    }
}
