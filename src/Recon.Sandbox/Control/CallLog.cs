using System.Text;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Control;

/// <summary>Every call that the sandbox has seen, the last ones with their bodies. Thread-safe.</summary>
internal sealed class CallLog(int kept)
{
    private readonly Lock _sync = new();
    private readonly Queue<SandboxCall> _calls = [];
    private long _count;

    /// <summary>All that came, kept or not.</summary>
    public long Count
    {
        get
        {
            lock (_sync)
            {
                return _count;
            }
        }
    }

    /// <summary>Those that are kept, the oldest first.</summary>
    public IReadOnlyList<SandboxCall> Calls
    {
        get
        {
            lock (_sync)
            {
                return [.. _calls];
            }
        }
    }

    public void Add(string method, string path, CallKind kind, byte[] request, int? status, byte[] answer, IReadOnlyList<SandboxTrap> traps)
    {
        lock (_sync)
        {
            _calls.Enqueue(new SandboxCall(++_count, method, path, kind, Encoding.UTF8.GetString(request), status, Encoding.UTF8.GetString(answer), traps));
            if (_calls.Count > kept)
            {
                _ = _calls.Dequeue();
            }
        }
    }
}
