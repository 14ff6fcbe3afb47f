using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Topology;
using Recon.Postgres.Catalog;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

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

    /// <summary>Measures the parts.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The parts by name.</returns>
    public async Task<IReadOnlyDictionary<string, Measured>> RunAsync(CancellationToken token)
    {
        await using var job = CommunicationsJob.Open(bench.ConnectionString, definitionFile);
        await ReadAsync(job, withLookups: true, limit: 50_000, token);
        Measured csv = await Measured.OfAsync(
            bench.Clock, () => ReadAsync(job, withLookups: false, limit: null, token));
        Measured both = await Measured.OfAsync(
            bench.Clock, () => ReadAsync(job, withLookups: true, limit: null, token));
        (Measured copy, Measured indexes) = await WriteAsync(job, token);
        return new Dictionary<string, Measured>
        {
            ["csv"] = csv,
            ["lookups"] = new(both.Seconds - csv.Seconds, both.ClientCpu - csv.ClientCpu, both.ServerCpu - csv.ServerCpu),
            ["copy"] = copy,
            ["indexes"] = indexes,
        };
    }

    private static async Task ReadAsync(CommunicationsJob job, bool withLookups, long? limit, CancellationToken token)
    {
        await using RunInput input = await job.OpenInputAsync(limit, token);
        if (!withLookups)
        {
            while (await input.Reader.ReadAsync(token) is { } batch)
            {
                batch.Dispose();
            }

            return;
        }

        MirrorSession mirror = await job.OpenMirrorAsync(input, token);
        var graph = new ReconciliationGraph(
            job.Pipeline,
            new GraphStages(input.ReadAsync, mirror.Lookups, _ => { }, (_, _) => ValueTask.CompletedTask),
            TimeProvider.System);
        await graph.RunAsync(CancellationToken.None, token);
    }

    // The same tuples again and again: what they hold makes no difference to a table without indexes.
    private async Task<(Measured Copy, Measured Indexes)> WriteAsync(CommunicationsJob job, CancellationToken token)
    {
        StageBlockDefinition stage = job.Pipeline.Stage;
        SqlTable published = job.Tables.Published(stage);
        var rowLayout = new RowLayout(stage, IsPacked: true);
        SqlTable held = job.Tables.Rows(stage);
        await bench.ExecuteAsync(
            "drop schema if exists bench cascade; create schema bench; "
            + $"create table bench.copied (like {held} including defaults including constraints); alter table bench.copied "
            + string.Join(", ", CommonColumns.Late.Select(column => $"drop column {column.Name}")),
            token);
        await bench.ExecuteAsync($"alter table bench.copied {SqlText.Join(", ", Attempt.UsualDefaults(job.Pipeline, names: 0))}", token);
        List<RecordBatch> batches = await KeptAsync(job, token);
        long rows = new FileInfo(bench.Bronze).Length == 0 ? 0 : await CountAsync(published, token);
        var layout = new TupleLayout(rowLayout, namesFile: false);
        (bool IsUsual, bool HasChanges)[] lots = [(true, false), (true, true), (false, false), (false, true)];
        Measured copy = await Measured.OfAsync(bench.Clock, async () =>
        {
            await using NpgsqlConnection connection = await job.Sources.Writer.OpenConnectionAsync(token);
            long written = 0;
            for (int index = 0; written < rows; index++)
            {
                var staged = (StagedTuples)batches[index % batches.Count].Staged!;
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(token);
                foreach ((bool isUsual, bool hasChanges) in lots)
                {
                    BinaryCopyBuffer lot = staged.Lot(isUsual, hasChanges);
                    if (lot.Count > 0)
                    {
                        await CopyAsync(
                            connection, $"copy bench.copied ({SqlText.Names(layout.Columns(isUsual, hasChanges))}) from stdin (format binary)", lot, token);
                        written += lot.Count;
                    }
                }

                await transaction.CommitAsync(token);
            }
        });
        batches.ForEach(batch => batch.Dispose());
        await bench.ExecuteAsync($"drop table bench.copied; create table bench.indexed as table {held}; analyze bench.indexed", token);
        string key = new SqlName(stage.LegacyId).ToString();
        string hubspot = new SqlName(stage.HubspotId).ToString();
        Measured indexes = await Measured.OfAsync(bench.Clock, () => Task.WhenAll(
            bench.ExecuteAsync($"create unique index on bench.indexed ({key})", token),
            bench.ExecuteAsync(
                $"create index on bench.indexed ({hubspot}); {StagingDdl.StatusIndex(new SqlName("indexed_status"), SqlTable.Parse("bench.indexed"))}", token)));
        await bench.ExecuteAsync("drop schema bench cascade", token);
        return (copy, indexes);
    }

    private static async Task CopyAsync(NpgsqlConnection connection, string text, BinaryCopyBuffer rows, CancellationToken token)
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

    private static async Task<List<RecordBatch>> KeptAsync(CommunicationsJob job, CancellationToken token)
    {
        await using RunInput input = await job.OpenInputAsync(null, token);
        MirrorSession mirror = await job.OpenMirrorAsync(input, token);
        RecordDiffer differ = mirror.Differ(input, names: 0);
        return await CommunicationsJob.KeepAsync(input, mirror.Lookups, differ, KeptBatches, token);
    }
}
