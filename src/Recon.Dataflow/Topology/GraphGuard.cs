namespace Recon.Dataflow.Topology;

/// <summary>
/// Holds a graph together: the first fault is kept and cancels everything. Blocks only hand faults downstream and let
/// a thrown cancellation delete its message in silence, so every delegate runs under this guard.
/// </summary>
internal sealed class GraphGuard : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _outer;
    private GraphFaultException? _fault;

    public GraphGuard(CancellationToken outer)
    {
        _outer = outer;
        _source = CancellationTokenSource.CreateLinkedTokenSource(outer);
        Token = _source.Token;
    }

    /// <summary>Cancelled by the first fault and from outside.</summary>
    public CancellationToken Token { get; }

    /// <summary>The first fault, or <see langword="null"/>.</summary>
    public GraphFaultException? Fault => _fault;

    /// <summary>Runs a delegate of a block.</summary>
    /// <param name="item">What it works on; its text goes into the fault.</param>
    public async Task RunAsync(string block, object item, Func<CancellationToken, ValueTask> work)
    {
        try
        {
            await work(Token);
        }
        catch (OperationCanceledException) when (Token.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Whatever a delegate throws must end the graph: here is the one place that sees it all.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // A cancellation that nobody asked for is a fault, too: thrown on, it would lose the batch.
            var fault = new GraphFaultException(block, item.ToString() ?? "", exception);
            if (Token.IsCancellationRequested)
            {
                // The graph is ending already, and drivers throw all sorts of things when they are interrupted.
                throw fault;
            }

            Interlocked.CompareExchange(ref _fault, fault, null);
            await _source.CancelAsync();
            throw fault;
        }
    }

    /// <summary>Ends the graph's work: throws what ended it early, if anything did.</summary>
    /// <exception cref="GraphFaultException">A block failed.</exception>
    /// <exception cref="OperationCanceledException">The graph was aborted from outside.</exception>
    public void ThrowIfEndedEarly()
    {
        if (_fault is not null)
        {
            throw _fault;
        }

        _outer.ThrowIfCancellationRequested();
    }

    public void Dispose() => _source.Dispose();
}
