using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>The pipeline that is measured, opened in this process: what it takes to run it, or parts of it.</summary>
internal sealed class CommunicationsJob : IAsyncDisposable
{
    private readonly DefinitionReading _reading;

    private CommunicationsJob(DefinitionReading reading, ValidPipeline pipeline, ReconDataSources sources)
        => (_reading, Pipeline, Sources) = (reading, pipeline, sources);

    /// <summary>The pipeline.</summary>
    public ValidPipeline Pipeline { get; }

    /// <summary>Connections.</summary>
    public ReconDataSources Sources { get; }

    /// <summary>What the definition says besides the pipeline.</summary>
    public ValidDefinition Definition => _reading.Definition!;

    /// <summary>The folder that relative paths start from.</summary>
    public string BaseDirectory => _reading.BaseDirectory;

    /// <summary>The staging names.</summary>
    public StagingTables Tables => new(Definition.Staging.Schema);

    /// <summary>Reads the definition.</summary>
    /// <param name="connectionString">The server.</param>
    /// <param name="definitionFile">The definition.</param>
    /// <param name="change">Changes each block; <see langword="null"/> for none.</param>
    /// <exception cref="InvalidOperationException">The definition has mistakes.</exception>
    public static CommunicationsJob Open(
        string connectionString, string definitionFile, Func<BlockDefinition, BlockDefinition>? change = null)
    {
        DefinitionReading reading = DefinitionReader.Read(definitionFile);
        if (reading.Definition is null)
        {
            throw new InvalidOperationException($"{definitionFile}: {string.Join(" ", reading.Problems)}");
        }

        ValidPipeline pipeline = reading.Definition.Pipelines.Single(pipeline => pipeline.Name == "communications");
        return new CommunicationsJob(
            reading,
            change is null ? pipeline : pipeline.With(change),
            ReconDataSources.ForConnectionString(connectionString, new DataSourceOptions()));
    }

    /// <summary>What a run would be asked for.</summary>
    /// <param name="limit">Most records; <see langword="null"/> for all.</param>
    public RunRequest Request(long? limit = null) => new()
    {
        Definition = Definition,
        BaseDirectory = BaseDirectory,
        Fingerprint = _reading.FingerprintOf,
        Limit = limit,
        Fresh = true,
    };

    /// <summary>What a run works with.</summary>
    public RunContext Context() => new(Sources, Request(), Pipeline);

    /// <summary>Opens the export.</summary>
    /// <param name="limit">Most records; <see langword="null"/> for all.</param>
    /// <param name="token">Cancels it.</param>
    public Task<RunInput> OpenInputAsync(long? limit, CancellationToken token)
        => RunInput.OpenAsync(Request(limit), Pipeline, token);

    /// <summary>Opens the mirror.</summary>
    /// <param name="input">The export.</param>
    /// <param name="token">Cancels it.</param>
    public async Task<MirrorSession> OpenMirrorAsync(RunInput input, CancellationToken token)
    {
        await using NpgsqlConnection connection = await Sources.Control.OpenConnectionAsync(token);
        return await MirrorSession.OpenAsync(Context(), connection, input, token);
    }

    /// <summary>Reads batches and keeps them.</summary>
    /// <param name="input">The export.</param>
    /// <param name="lookups">Asked about each batch; none leaves the batches without answers.</param>
    /// <param name="differ">Compares each batch; <see langword="null"/> leaves them as they are.</param>
    /// <param name="most">Most batches.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The batches; the caller disposes them.</returns>
    public static async Task<List<RecordBatch>> KeepAsync(
        RunInput input, IReadOnlyList<ILookup> lookups, RecordDiffer? differ, int most, CancellationToken token)
    {
        List<RecordBatch> batches = [];
        while (batches.Count < most && await input.Reader.ReadAsync(token) is { } batch)
        {
            foreach (ILookup lookup in lookups)
            {
                batch.Answers.Add(await lookup.FindAsync(batch, token));
            }

            differ?.Diff(batch);
            batches.Add(batch);
        }

        return batches;
    }

    /// <summary>Closes the connections.</summary>
    public ValueTask DisposeAsync() => Sources.DisposeAsync();
}
