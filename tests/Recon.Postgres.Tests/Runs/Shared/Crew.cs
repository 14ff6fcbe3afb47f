using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>Workers for the runs of a world, each with connections of its own.</summary>
internal sealed class Crew(SmallWorld world) : IAsyncDisposable
{
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);

    private readonly List<(Task<WorkerEnd> Work, CancellationTokenSource Stop, CancellationTokenSource Abort)> _workers = [];

    public RunDesk Desk { get; } = new();

    /// <summary>Runs the pipeline with so many workers, which end when it has ended.</summary>
    public static async Task<(PipelineResult Result, IReadOnlyList<WorkerEnd> Ends)> RunAsync(
        SmallWorld world, int workers, Func<RunRequest, RunRequest>? change = null)
    {
        await using Crew crew = new(world);
        crew.Share();
        for (int worker = 0; worker < workers; worker++)
        {
            crew.Add();
        }

        PipelineResult result = await world.RunAsync(change);
        return (result, await crew.EndAsync());
    }

    /// <summary>Lets the runs of the world share their work.</summary>
    public void Share(Func<SharingTerms, SharingTerms>? change = null)
    {
        var sharing = new SharingTerms(Desk) { BatchesPerSplit = 2 };
        world.Sharing = change?.Invoke(sharing) ?? sharing;
    }

    /// <summary>Adds a worker.</summary>
    /// <returns>Its number.</returns>
    public int Add(
        IRunExchange? exchange = null, Func<WorkerContext, WorkerContext>? change = null, Func<RunRequest, RunRequest>? request = null, string? connection = null)
    {
        var (stop, abort) = (new CancellationTokenSource(), new CancellationTokenSource());
        _workers.Add((WorkAsync(exchange ?? Desk, change, request, connection, stop.Token, abort.Token), stop, abort));
        return _workers.Count - 1;
    }

    public Task StopAsync(int worker) => _workers[worker].Stop.CancelAsync();

    public Task AbortAsync(int worker) => _workers[worker].Abort.CancelAsync();

    public Task<WorkerEnd> EndOfAsync(int worker) => _workers[worker].Work;

    /// <summary>Ends the job, and waits for the workers.</summary>
    public async Task<IReadOnlyList<WorkerEnd>> EndAsync()
    {
        Desk.End();
        return await Task.WhenAll(_workers.Select(worker => worker.Work));
    }

    public async ValueTask DisposeAsync()
    {
        world.Sharing = null;
        Desk.End();
        foreach ((Task<WorkerEnd> work, CancellationTokenSource stop, CancellationTokenSource abort) in _workers)
        {
            await abort.CancelAsync();
            await work.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            stop.Dispose();
            abort.Dispose();
        }
    }

    private async Task<WorkerEnd> WorkAsync(
        IRunExchange exchange,
        Func<WorkerContext, WorkerContext>? change,
        Func<RunRequest, RunRequest>? request,
        string? connection,
        CancellationToken stop,
        CancellationToken abort)
    {
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(
            connection ?? world.Database.ConnectionString, new DataSourceOptions());
        var context = new WorkerContext(sources, _ => request?.Invoke(world.Request()) ?? world.Request())
        {
            Beat = Beat,
            Logger = new CallLogger(world.Hear),
            Tuning = world.Tuning,
        };
        return await new SplitWorker(change?.Invoke(context) ?? context).RunAsync(exchange, stop, abort);
    }
}
