using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;
using Recon.Postgres.Tests.Runs;

namespace Recon.Postgres.Tests.Decisions;

/// <summary>Decisions about the records of a <see cref="SmallWorld"/>.</summary>
internal static class Deciding
{
    public const string Who = "Ada";

    public static Task<DecisionResult> DecideAsync(this SmallWorld world, string id, long? hubspotId)
        => world.DecideAsync(id, hubspotId is null ? DecisionKind.NoMatch : DecisionKind.Match, hubspotId);

    public static Task<DecisionResult> DecideAsync(
        this SmallWorld world, string id, DecisionKind kind, long? hubspotId = null, Func<DecisionRequest, DecisionRequest>? change = null)
        => WithServiceAsync(world, (service, pipeline) =>
        {
            var request = new DecisionRequest(pipeline, id, kind, hubspotId, Who);
            return service.DecideAsync(change?.Invoke(request) ?? request, CancellationToken.None);
        });

    /// <summary>Decides about several records in one transaction.</summary>
    public static Task<IReadOnlyList<DecisionResult>> DecideAllAsync(this SmallWorld world, bool isPartial, params (string Id, long? HubspotId)[] wanted)
        => WithServiceAsync(world, (service, pipeline) => service.DecideAsync(
            [
                .. wanted.Select(each => new DecisionRequest(
                    pipeline, each.Id, each.HubspotId is null ? DecisionKind.NoMatch : DecisionKind.Match, each.HubspotId, Who) { IsImported = true }),
            ],
            isPartial,
            CancellationToken.None));

    /// <summary>Keeps one of the rows of an id, by its place among them.</summary>
    public static async Task<DecisionResult?> KeepAsync(this SmallWorld world, string id, int row, long? hubspotId = null)
    {
        IReadOnlyList<ChosenRow> rows = await world.RowsAsync(id);
        return rows.Count < 2 ? null : await world.DecideAsync(
            id, hubspotId is null ? DecisionKind.KeepRow : DecisionKind.Match, hubspotId, request => request with { Keep = rows[row % rows.Count] });
    }

    public static async Task<IReadOnlyList<ChosenRow>> RowsAsync(this SmallWorld world, string id)
    {
        DefinitionReading reading = world.Read();
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        var request = new RunRequest
        {
            Definition = reading.Definition!,
            BaseDirectory = Path.GetDirectoryName(world.CsvPath)!,
            Fingerprint = reading.FingerprintOf,
        };
        var rows = new RepeatedRows(new RunContext(sources, request, reading.Definition!.Pipelines[0]));
        return [.. (await rows.ReadAsync(new HashSet<string> { id }, CancellationToken.None))[id]];
    }

    public static Task<DecisionResult> UndoAsync(this SmallWorld world, string id)
        => WithServiceAsync(world, (service, pipeline) => service.UndoAsync(pipeline, id, Who, CancellationToken.None));

    /// <summary>Decides, and requires that it was applied at once.</summary>
    public static async Task AppliedAsync(this SmallWorld world, string id, long? hubspotId)
    {
        DecisionResult result = await world.DecideAsync(id, hubspotId);
        Assert.True(result.State == DecisionState.Applied, result.Message);
    }

    /// <summary>What was staged is what a whole run stages now, and the log's counts are those of the rows.</summary>
    public static async Task RequireAsRunsSayAsync(this SmallWorld world)
    {
        await RequireCountsAsync(world);
        string applied = await world.ContentAsync();
        PipelineResult result = await world.RunAsync(request => request with { Full = true });
        Assert.Null(result.Fault);
        Assert.Equal(await world.ContentAsync(), applied);
        await RequireCountsAsync(world);
    }

    public static async Task RequireCountsAsync(SmallWorld world)
    {
        string rows = (await world.Database.QueryValueAsync<string>("""
            select concat_ws(' ', count(*) filter (where reconciliation_status = 'matched'), count(*) filter (where reconciliation_status = 'unmatched'),
                count(*) filter (where reconciliation_status = 'ambiguous'), count(*) filter (where reconciliation_status = 'conflict'),
                count(*) filter (where properties_to_update <> '{}')) from staging.things
            """))!;
        string logged = (await world.Database.QueryValueAsync<string>("""
            select concat_ws(' ', matched, unmatched, ambiguous, conflict, with_changes) from staging.reconciliation_log
            where outcome = 'completed' and not partial order by started_at desc limit 1
            """))!;
        Assert.Equal(rows, logged);
        Assert.Equal(
            await world.Database.QueryValueAsync<string>("""
                select coalesce(jsonb_object_agg(key, n)::text, '{}') from (
                    select key, count(*) as n from staging.things, lateral jsonb_object_keys(properties_to_update) as key group by 1) t
                """),
            await world.Database.QueryValueAsync<string>("""
                select coalesce(details -> 'propertyChanges', '{}')::text from staging.reconciliation_log
                where outcome = 'completed' and not partial order by started_at desc limit 1
                """));
    }

    private static async Task<T> WithServiceAsync<T>(SmallWorld world, Func<DecisionService, ValidPipeline, Task<T>> work)
    {
        ValidDefinition definition = world.Read().Definition!;
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        var service = new DecisionService(sources, definition, Path.GetDirectoryName(world.CsvPath)!, TimeProvider.System);
        return await work(service, definition.Pipelines[0]);
    }
}
