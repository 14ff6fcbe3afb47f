namespace Recon.Dataflow.Batches;

internal enum WaitFor
{
    /// <summary>The server, or whoever else gives the answer or takes the batch.</summary>
    Answer,

    /// <summary>The server's COMMIT; within a wait for an answer.</summary>
    Commit,
}

/// <summary>Is told by what works on a batch when it waits, so that waiting is told from computing. Thread-safe.</summary>
internal interface IWaits
{
    void Begin(WaitFor what);

    void End(WaitFor what);
}

/// <summary>For those that work outside of a graph.</summary>
internal sealed class NoWaits : IWaits
{
    public static NoWaits Instance { get; } = new();

    public void Begin(WaitFor what)
    {
    }

    public void End(WaitFor what)
    {
    }
}

/// <summary>A wait, until it is disposed.</summary>
internal readonly struct WaitScope : IDisposable
{
    private readonly IWaits _waits;
    private readonly WaitFor _what;

    public WaitScope(IWaits waits, WaitFor what)
    {
        (_waits, _what) = (waits, what);
        waits.Begin(what);
    }

    public void Dispose() => _waits.End(_what);
}
