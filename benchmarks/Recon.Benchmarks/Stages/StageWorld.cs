using Recon.Benchmarks.WholeRuns;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Runs;

namespace Recon.Benchmarks.Stages;

/// <summary>What stages are measured with: a server with the mirror, and batches of a generated export.</summary>
internal sealed class StageWorld : IAsyncDisposable
{
    /// <summary>Communications in all batches together.</summary>
    public const int Rows = 20_000;

    private readonly Workbench _bench;
    private readonly RunInput _input;

    private StageWorld(Workbench bench, CommunicationsJob job, RunInput input, MirrorSession mirror)
        => (_bench, Job, _input, Mirror) = (bench, job, input, mirror);

    /// <summary>The pipeline.</summary>
    public CommunicationsJob Job { get; }

    /// <summary>The mirror side of the pipeline.</summary>
    public MirrorSession Mirror { get; }

    /// <summary>Names of the export's files.</summary>
    public IReadOnlyList<string> FileNames => _input.FileNames;

    /// <summary>The batches: <see cref="Rows"/> records.</summary>
    public IReadOnlyList<RecordBatch> Batches { get; private set; } = [];

    /// <summary>Makes it.</summary>
    /// <param name="batchRows">Rows of a batch.</param>
    /// <param name="strategy">How all lookups ask.</param>
    /// <param name="rememberBytes">Room for remembered parents.</param>
    public static async Task<StageWorld> OpenAsync(
        int batchRows, LookupStrategy strategy = LookupStrategy.Any, long rememberBytes = 32 << 20)
    {
        CancellationToken token = CancellationToken.None;
#pragma warning disable CA2000 // The world owns them; BenchmarkDotNet ends the process's work when a set-up fails.
        Workbench bench = await Workbench.OpenAsync(Rows, Console.Error.WriteLine, token);
        var job = CommunicationsJob.Open(bench.ConnectionString, JobDefinition.Write(bench.Folder, "any"), block => block switch
        {
            BatchBlockDefinition batch => batch with { Rows = batchRows, Bytes = 256 << 20 },
            LookupBlockDefinition lookup => lookup with { Strategy = strategy, RememberBytes = rememberBytes },
            _ => block,
        });
#pragma warning restore CA2000
        RunInput input = await job.OpenInputAsync(Rows, token);
        return new StageWorld(bench, job, input, await job.OpenMirrorAsync(input, token));
    }

    /// <summary>Reads the batches.</summary>
    /// <param name="asked">Whether the lookups are asked about them.</param>
    /// <param name="compared">Whether they are compared, too.</param>
    public async Task ReadAsync(bool asked, bool compared) => Batches = await CommunicationsJob.KeepAsync(
        _input, asked ? Mirror.Lookups : [], compared ? Differ() : null, int.MaxValue, CancellationToken.None);

    /// <summary>Makes what compares batches.</summary>
    public RecordDiffer Differ() => Mirror.Differ(_input, names: 0);

    /// <summary>The lookup of a name.</summary>
    /// <param name="name">Its name in the definition.</param>
    public ILookup Lookup(string name) => Mirror.Lookups.Single(lookup => lookup.Definition.Label == name);

    /// <summary>Returns the batches and leaves the server.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (RecordBatch batch in Batches)
        {
            batch.Dispose();
        }

        await _input.DisposeAsync();
        await Job.DisposeAsync();
        await _bench.DisposeAsync();
    }
}
