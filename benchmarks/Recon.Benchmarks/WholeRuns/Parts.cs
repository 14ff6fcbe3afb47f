using System.Diagnostics;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Staging;
using Recon.Dataflow.Topology;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>
/// The parts of a run, each alone and warm: reading the CSV, the lookups, the COPY, the indexes. Their CPU seconds over
/// the number of cores are the time that a perfect overlap would take, without comparing anything.
/// </summary>
/// <param name="bench">The server and the export; a run has published its result there.</param>
/// <param name="definitionFile">The definition.</param>
internal sealed class Parts(Workbench bench, string definitionFile)
{
    private const int KeptBatches = 20;

    private readonly DefinitionReading _reading = DefinitionReader.Read(definitionFile);

    /// <summary>Measures the parts.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The parts by name.</returns>
    public async Task<IReadOnlyDictionary<string, Measured>> RunAsync(CancellationToken token)
    {
        await using var sources = ReconDataSources.ForConnectionString(bench.ConnectionString, new DataSourceOptions());
        PipelineDefinition pipeline = _reading.Definition!.Pipelines.Single(pipeline => pipeline.Name == "communications");
        await ReadAsync(pipeline, sources, withLookups: true, limit: 50_000, token);
        Measured csv = await Measured.OfAsync(
            bench.Clock, () => ReadAsync(pipeline, sources, withLookups: false, limit: null, token));
        Measured both = await Measured.OfAsync(
            bench.Clock, () => ReadAsync(pipeline, sources, withLookups: true, limit: null, token));
        (Measured copy, Measured indexes) = await WriteAsync(pipeline, sources, token);
        return new Dictionary<string, Measured>
        {
            ["csv"] = csv,
            ["lookups"] = new(both.Seconds - csv.Seconds, both.ClientCpu - csv.ClientCpu, both.ServerCpu - csv.ServerCpu),
            ["copy"] = copy,
            ["indexes"] = indexes,
        };
    }

    private RunRequest Request(long? limit) => new()
    {
        Definition = _reading.Definition!,
        BaseDirectory = _reading.BaseDirectory,
        Fingerprint = _reading.FingerprintOf,
        Limit = limit,
    };

    private async Task ReadAsync(
        PipelineDefinition pipeline, ReconDataSources sources, bool withLookups, long? limit, CancellationToken token)
    {
        await using RunInput input = await RunInput.OpenAsync(Request(limit), pipeline, token);
        if (!withLookups)
        {
            while (await input.Reader.ReadAsync(token) is { } batch)
            {
                batch.Dispose();
            }

            return;
        }

        RunMirror mirror = await OpenMirrorAsync(pipeline, sources, input, token);
        var graph = new ReconciliationGraph(
            pipeline,
            new GraphStages(input.Reader.ReadAsync, mirror.Lookups, _ => { }, (_, _) => ValueTask.CompletedTask),
            TimeProvider.System);
        await graph.RunAsync(CancellationToken.None, token);
    }

    private static async Task<RunMirror> OpenMirrorAsync(
        PipelineDefinition pipeline, ReconDataSources sources, RunInput input, CancellationToken token)
    {
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(token);
        return await RunMirror.OpenAsync(
            connection, sources, pipeline, input, TimeProvider.System, null, SilentProgress.Instance, new RunTuning(), token);
    }

    // The same tuples again and again: what they hold makes no difference to a table without indexes.
    private async Task<(Measured Copy, Measured Indexes)> WriteAsync(
        PipelineDefinition pipeline, ReconDataSources sources, CancellationToken token)
    {
        var tables = new StagingTables(_reading.Definition!.Staging.Schema);
        SqlTable published = tables.Published(pipeline.Stage);
        await bench.ExecuteAsync(
            "drop schema if exists bench cascade; create schema bench; "
            + $"create table bench.copied (like {published} including defaults including constraints)",
            token);
        List<RecordBatch> batches = await KeptAsync(pipeline, sources, token);
        long rows = new FileInfo(bench.Bronze).Length == 0 ? 0 : await CountAsync(published, token);
        var layout = new TupleLayout(pipeline.Stage);
        string unchanged = $"copy bench.copied ({SqlText.Names(layout.UnchangedColumns)}) from stdin (format binary)";
        string changed = $"copy bench.copied ({SqlText.Names(layout.Columns)}) from stdin (format binary)";
        Measured copy = await Measured.OfAsync(bench.Clock, async () =>
        {
            await using NpgsqlConnection connection = await sources.Writer.OpenConnectionAsync(token);
            long written = 0;
            for (int index = 0; written < rows; index++)
            {
                StagedBatch staged = batches[index % batches.Count].Staged!;
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(token);
                await CopyAsync(connection, unchanged, staged.Unchanged, token);
                await CopyAsync(connection, changed, staged.Changed, token);
                await transaction.CommitAsync(token);
                written += staged.Count;
            }
        });
        batches.ForEach(batch => batch.Dispose());
        await bench.ExecuteAsync($"drop table bench.copied; create table bench.indexed as table {published}; analyze bench.indexed", token);
        string key = new SqlName(pipeline.Stage.LegacyId).ToString();
        string hubspot = new SqlName(pipeline.Stage.HubspotId).ToString();
        Measured indexes = await Measured.OfAsync(bench.Clock, () => Task.WhenAll(
            bench.ExecuteAsync($"create unique index on bench.indexed ({key})", token),
            bench.ExecuteAsync(
                $"create index on bench.indexed (reconciliation_status, last_updated desc); create index on bench.indexed ({hubspot})", token)));
        await bench.ExecuteAsync("drop schema bench cascade", token);
        return (copy, indexes);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string text, StagedRows rows, CancellationToken token)
    {
        await using NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(text, token);
        await stream.WriteAsync(BinaryCopyBuffer.Header.ToArray(), token);
        await stream.WriteAsync(rows.Bytes, token);
        await stream.WriteAsync(BinaryCopyBuffer.Trailer.ToArray(), token);
    }

    private async Task<long> CountAsync(SqlTable table, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(bench.ConnectionString);
        await connection.OpenAsync(token);
        return (long)(await SqlText.Of($"select count(*) from {table}").ScalarAsync(connection, token))!;
    }

    private async Task<List<RecordBatch>> KeptAsync(PipelineDefinition pipeline, ReconDataSources sources, CancellationToken token)
    {
        await using RunInput input = await RunInput.OpenAsync(Request(null), pipeline, token);
        RunMirror mirror = await OpenMirrorAsync(pipeline, sources, input, token);
        RecordDiffer differ = mirror.Differ(Guid.NewGuid(), TimeProvider.System, input);
        List<RecordBatch> batches = [];
        while (batches.Count < KeptBatches && await input.Reader.ReadAsync(token) is { } batch)
        {
            foreach (Dataflow.Lookup.ILookup lookup in mirror.Lookups)
            {
                batch.Answers.Add(await lookup.FindAsync(batch, token));
            }

            differ.Diff(batch);
            batches.Add(batch);
        }

        return batches;
    }

    private sealed class SilentProgress : IRunProgress
    {
        public static SilentProgress Instance { get; } = new();

        public void Started(string pipeline, Func<RunState> state)
        {
        }

        public void Say(string message)
        {
        }

        public void Finished(string pipeline)
        {
        }
    }
}
