using System.IO.Compression;
using Npgsql;
using Recon.Postgres.Connections;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;
using Recon.Testing;

namespace Recon.Postgres.Tests.Runs.Shared;

/// <summary>Whoever goes on with a job finds what its coordinator before left, and only that.</summary>
public sealed class TakeOverTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly Guid s_job = Guid.Parse("01900000-0000-7000-8000-000000000021");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // It published between the look at the job and the taking of the lease.
    [Fact]
    public async Task TakeOver_OfAPipelineThatIsPublished_LeavesItAndTellsItsResult()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.RunId = s_job;
        (PipelineResult former, _) = await Crew.RunAsync(world, 1);
        string content = await world.ContentAsync();
        string log = await LogAsync(world);

        PipelineResult again = await TakeOverAsync(world);

        Assert.Null(former.Fault);
        Assert.Null(again.Fault);
        Assert.Equal((RunOutcome.Completed, former.RunId, former.Written), (again.Outcome, again.RunId, again.Written));
        Assert.Equivalent(former.Counts, again.Counts);
        Assert.Equal(log, await LogAsync(world));
        Assert.Equal(content, await world.ContentAsync());
    }

    [Fact]
    public async Task TakeOver_OfAnAttemptThatTheJobResumedAndPublished_TellsThatOne()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        await world.RunAsync();
        await world.RefuseLaterBatchesAsync();
        PipelineResult broken = await world.RunAsync(request => request with { Full = true });
        await world.AcceptBatchesAsync();
        await BeginJobAsync(world);
        world.RunId = s_job;
        (PipelineResult former, _) = await Crew.RunAsync(world, 1, request => request with { Resume = true });

        PipelineResult again = await TakeOverAsync(world, request => request with { Resume = true });

        Assert.Equal((broken.RunId, RunOutcome.Completed), (former.RunId, former.Outcome));
        Assert.Equal((broken.RunId, RunOutcome.Completed), (again.RunId, again.Outcome));
        Assert.Equal(0, await world.CountAsync($"select count(*) from staging.reconciliation_log where run_id = '{s_job}'"));
    }

    // What the ledger of the failed one counted is in the way of the batches of the same numbers.
    [Fact]
    public async Task TakeOver_OfAnAttemptThatWasDropped_StartsAnewUnderTheSameId()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.RunId = s_job;
        (PipelineResult former, _) = await Crew.RunAsync(world, 1, request => request with { MaxRejects = "0" });
        Assert.Equal((RunOutcome.Failed, false), (former.Outcome, former.Resumable));
        Assert.InRange(await world.CountAsync($"select count(*) from staging.reconciliation_ledger where run_id = '{s_job}'"), 2, 100);

        PipelineResult again = await TakeOverAsync(world);

        Assert.Null(again.Fault);
        Assert.Equal((RunOutcome.Completed, s_job), (again.Outcome, again.RunId));
        world.RunId = null;
        await SharedRunTests.RequireEqualAsync(world, again);
    }

    [Fact]
    public async Task TakeOver_OfStandardInput_IsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);

        StagingException refused = await Assert.ThrowsAsync<StagingException>(() => TakeOverAsync(world, request => request with { Input = "-" }));

        Assert.Contains("it reads the standard input of the process that began it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_StartedAgainUnderTheSameId_TellsOfTheInputOfTheNewOne()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(Token);
        StagingTables tables = new("staging");
        var run = new RunIdentity(s_job, "things", 1);

        await StartAsync("first", isResumed: false);
        await StartAsync("second", isResumed: false);
        await StartAsync("third", isResumed: true);

        Assert.Equal("second second second.csv", await world.Database.QueryValueAsync<string>(
            $"select concat_ws(' ', definition_fingerprint, input_fingerprint, input_files) from staging.reconciliation_log where run_id = '{s_job}'"));

        Task StartAsync(string name, bool isResumed) => new RunLog(tables).StartAsync(
            connection, run, new RunFingerprints(name, name, "1") { InputFiles = name + ".csv" }, tables.Table("things__x"), false, isResumed, "{}", new RunWay(RunWay.Whole, "asked for"), Token);
    }

    [Fact]
    public async Task Warnings_OfWhomeverLostTheLease_AreNotKept()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        PipelineResult result = await world.RunAsync();
        await using ReconDataSources sources = Sources(world);
        RunRequest request = world.Request();
        var context = new RunContext(sources, request, request.Definition.Pipelines[0]);
        long epoch = await world.CountAsync("select epoch from staging.reconciliation_lease");

        await KeptWarnings.KeepAsync(context, new RunIdentity(result.RunId, "things", epoch), ["its own"]);
        await KeptWarnings.KeepAsync(context, new RunIdentity(result.RunId, "things", epoch - 1), ["a former holder's"]);

        Assert.Equal("""["its own"]""", await world.Database.QueryValueAsync<string>("select (details -> 'warnings')::text from staging.reconciliation_log"));
    }

    [Fact]
    public async Task Begun_BesideRunsOfOthers_TellsOfTheJobsOwn()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await BeginJobAsync(world);
        await world.RunAsync(request => request with { Limit = 10 });
        IReadOnlyDictionary<string, string> before = await BegunAsync(world);
        world.RunId = s_job;
        (PipelineResult own, _) = await Crew.RunAsync(world, 1);
        world.RunId = null;

        PipelineResult others = await world.RunAsync(request => request with { MaxRejects = "0" });

        Assert.Empty(before);
        Assert.Equal((RunOutcome.Completed, RunOutcome.Failed), (own.Outcome, others.Outcome));
        Assert.Equal(KeyValuePair.Create("things", "completed"), Assert.Single(await BegunAsync(world)));
    }

    [Fact]
    public async Task Begun_OfAnAttemptThatTheJobResumed_TellsHowThatEnded()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, 300);
        await world.RunAsync();
        await world.RefuseLaterBatchesAsync();
        await world.RunAsync(request => request with { Full = true });
        await BeginJobAsync(world);
        world.RunId = s_job;
        (PipelineResult again, _) = await Crew.RunAsync(world, 1, request => request with { Resume = true });

        IReadOnlyDictionary<string, string> begun = await BegunAsync(world);

        Assert.NotEqual(s_job, again.RunId);
        Assert.Equal("failed", begun["things"]);
    }

    [Fact]
    public async Task Run_OverOneCompressedFile_NeedsNoWorker()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await PackAsync(world, "things.csv.gz");
        world.CsvName = "things.csv.gz";
        await using Crew crew = new(world);
        crew.Share();

        PipelineResult result = await world.RunAsync();

        world.Sharing = null;
        Assert.Null(result.Fault);
        Assert.True(world.HasSaid("things.csv.gz is compressed and cannot be divided, so this process reads and reconciles it itself."));
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    [Fact]
    public async Task Run_OverSeveralCompressedFiles_IsOneSplitForEach()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await PackAsync(world, "things-1.csv.gz");
        await PackAsync(world, "things-2.csv.gz");
        world.CsvName = "things-*.csv.gz";

        (PipelineResult result, IReadOnlyList<WorkerEnd> ends) = await Crew.RunAsync(world, 1);

        Assert.Null(result.Fault);
        Assert.True(world.HasSaid("things-2.csv.gz is compressed and cannot be divided, so one worker does all of it."));
        Assert.InRange(ends[0].Batches, 2, 100);
        await SharedRunTests.RequireEqualAsync(world, result);
    }

    // "alter table add column" while the run goes on: whoever joins later does without the column, as the others do.
    [Fact]
    public async Task Worker_OfAMirrorThatGotAColumn_DoesWithoutIt()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        MirrorSession before = await OpenAsync(world, absent: null);
        await world.Database.ExecuteAsync("""
            alter table hubspot.things add column hs_merged_object_ids text;
            update hubspot.things set hs_merged_object_ids = '4000000000' where hs_object_id = 5000000001;
            """);

        MirrorSession worker = await OpenAsync(world, before.Absent);
        MirrorSession anew = await OpenAsync(world, absent: null);

        Assert.Equal((false, false, true), (before.FollowsMerges, worker.FollowsMerges, anew.FollowsMerges));
    }

    [Fact]
    public async Task Worker_OfAMirrorThatLostAColumn_IsRefused()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.Database.ExecuteAsync("alter table hubspot.things add column hs_merged_object_ids text");
        MirrorSession before = await OpenAsync(world, absent: null);
        await world.Database.ExecuteAsync("alter table hubspot.things drop column hs_merged_object_ids");

        MirrorException refused = await Assert.ThrowsAsync<MirrorException>(() => OpenAsync(world, before.Absent));

        Assert.Contains("hs_merged_object_ids", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<PipelineResult> TakeOverAsync(SmallWorld world, Func<RunRequest, RunRequest>? change = null)
    {
        await using Crew crew = new(world);
        crew.Share(sharing => sharing with { IsTakeOver = true });
        crew.Add();
        return await world.RunAsync(change);
    }

    private static async Task<MirrorSession> OpenAsync(SmallWorld world, IReadOnlyDictionary<string, IReadOnlyList<string>>? absent)
    {
        await using ReconDataSources sources = Sources(world);
        RunRequest request = world.Request();
        var context = new RunContext(sources, request, request.Definition.Pipelines[0]);
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(Token);
        await new StagingSchema(context.Tables).CreateAsync(connection, request.Definition.Pipelines, Token);
        await using RunInput input = await RunInput.OpenAsync(request, context.Pipeline, Token);
        return await MirrorSession.OpenAsync(context, connection, input, Token, decidedUntil: absent is null ? null : 0, absent: absent);
    }

    private static async Task BeginJobAsync(SmallWorld world)
    {
        await using ReconDataSources sources = Sources(world);
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(Token);
        await new JobStore(new StagingTables("staging")).CreateAsync(
            connection, new SharedJob(s_job, ["things"], new JobSettings(), "d", "1", "somebody", "silo"), Token);
    }

    private static async Task<IReadOnlyDictionary<string, string>> BegunAsync(SmallWorld world)
    {
        await using ReconDataSources sources = Sources(world);
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(Token);
        return await new JobStore(new StagingTables("staging")).BegunAsync(connection, s_job, Token);
    }

    private static async Task PackAsync(SmallWorld world, string name)
    {
        await using FileStream file = File.Create(world.PathOf(name));
        await using var packed = new GZipStream(file, CompressionLevel.Fastest);
        await packed.WriteAsync(await File.ReadAllBytesAsync(world.CsvPath, Token), Token);
    }

    private static async Task<string> LogAsync(SmallWorld world)
        => await world.Database.QueryValueAsync<string>("select string_agg(l::text, e'\n' order by started_at) from staging.reconciliation_log l") ?? "";

    private static ReconDataSources Sources(SmallWorld world)
        => ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
}
