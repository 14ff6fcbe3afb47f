using Recon.Dataflow;
using Recon.Dataflow.Extract;

namespace Recon.Postgres.Runs;

/// <summary>A record source that is being read, as a stream of CSV; disposing it ends the source.</summary>
internal sealed class SourceFeed : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();

    public SourceFeed(IRecordSource source) => Stream = RecordSourceStream.Open(source, _end.Token);

    public Stream Stream { get; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Stream.DisposeAsync();
        _end.Dispose();
    }
}
