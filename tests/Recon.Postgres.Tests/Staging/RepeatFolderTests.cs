using System.Globalization;
using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Breakage;
using Recon.Postgres.Tests.Runs;
using Recon.Postgres.Wire;
using Recon.Testing;

namespace Recon.Postgres.Tests.Staging;

/// <summary>Folding repeats with and without knowing which ids may repeat.</summary>
public sealed class RepeatFolderTests(PostgresServer server)
{
    private static readonly StagingTables s_tables = new("staging");

    // Of the small world's 100 records, these come twice: the first five agree, the others do not.
    private static readonly string[] s_repeats = ["3", "23", "43", "63", "83", "4", "24", "44", "64", "84"];

    [Fact]
    public async Task Fold_RowsApart_GivesTheSameRowsAndCountsAsASearchOfAll()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);

        string all = await FoldAsync(world, run, apart: null);

        Assert.StartsWith("10 folded", all, StringComparison.Ordinal);
        Assert.Contains("conflict", all, StringComparison.Ordinal);
        Assert.Contains("\"parent\": {\"3\"", all, StringComparison.Ordinal);
        Assert.Equal(Rows(all), Rows(await FoldAsync(world, run, Later)));
        Assert.Equal(Rows(all), Rows(await FoldAsync(world, run, Earlier)));
    }

    // A row that stands apart without need, because the filter took it for a repeat, comes back as it was.
    [Fact]
    public async Task Fold_FalseSuspects_AreLeftAsTheyAre()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);

        string all = await FoldAsync(world, run, apart: null);
        string more = await FoldAsync(world, run, Later + " or legacy_id in ('5', '6')");

        Assert.Equal(Rows(all), Rows(more));
        Assert.StartsWith("10 folded", more, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fold_TwiceOver_ChangesNothingTheSecondTime()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);
        string once = await FoldAsync(world, run, Later);

        Assert.StartsWith("10 folded", once, StringComparison.Ordinal);
        Assert.StartsWith("0 folded", await FoldCopyAsync(world, run, isUnique: true), StringComparison.Ordinal);
        Assert.StartsWith("0 folded", await FoldCopyAsync(world, run, isUnique: false), StringComparison.Ordinal);
        Assert.Equal(96, await world.CountAsync("select count(distinct legacy_id) from staging.copied"));
    }

    // More edits than are sent at once, and more rows than are fetched at once.
    [Fact]
    public async Task Fold_ManyRepeats_AreAllFolded()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);
        await CopyAsync(world, run, "false");
        await world.Database.ExecuteAsync("""
            delete from staging.copied where legacy_id <> '5';
            insert into staging.copied_r select c.* from staging.copied c, generate_series(1, 3000);
            update staging.copied_r set legacy_id = (1 + ctid_number % 1500)::text,
                recon_values = case when ctid_number >= 1500 then '{"Name": "another"}' else recon_values end,
                recon_names = case when ctid_number < 1500 then recon_names end
            from (select ctid as place, row_number() over () - 1 as ctid_number from staging.copied_r) n where place = copied_r.ctid;
            """);

        Assert.StartsWith("1501 folded", await FoldCopyAsync(world, run, isUnique: true), StringComparison.Ordinal);
        Assert.Equal(1_500, await world.CountAsync("select count(distinct legacy_id) from staging.copied where reconciliation_status = 'conflict'"));
        Assert.Equal(1_500, await world.CountAsync("select count(*) from staging.copied"));
        Assert.Equal(0, await world.CountAsync("select count(*) from staging.copied_r"));
    }

    // Rows that may repeat an id stand apart from the first batch on, and nothing is left of them at the end.
    [Fact]
    public async Task Run_FileWithRepeats_KeepsThemApartUntilTheyAreFolded()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);
        SqlTable attempt = s_tables.Attempt(world.Read().Definition!.Pipelines[0].Stage, run.RunId);

        Assert.Equal(
            string.Join(',', s_repeats.Order(StringComparer.Ordinal)),
            await world.Database.QueryValueAsync<string>($"select string_agg(legacy_id, ',' order by legacy_id collate \"C\") from {s_tables.Repeats(attempt)}"));

        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal((RunOutcome.Completed, 10L), (resumed.Outcome, resumed.Counts.Folded));
        Assert.Equal(0, await world.CountAsync($"select count(*) from pg_class where relname ~ '_r$' and relnamespace = 'staging'::regnamespace"));
    }

    // The undisturbed run filters as it reads; the resumed one has not seen every batch, and searches.
    [Fact]
    public async Task Run_ResumedOverRepeats_GivesTheSameAsAnUndisturbedOne()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        world.Parallelism = 1;
        Golden golden = await Golden.RunAsync(world);
        await world.RefuseLaterBatchesAsync();
        PipelineResult failed = await world.RunAsync();
        await world.AcceptBatchesAsync();
        SqlTable attempt = s_tables.Attempt(world.Read().Definition!.Pipelines[0].Stage, failed.RunId);
        string[] kept = (await world.Database.QueryValueAsync<string>(
            $"select string_agg(legacy_id, ',') from (table {attempt} union all table {s_tables.Repeats(attempt)}) kept") ?? "").Split(',');
        Assert.Contains(kept, s_repeats.Contains);

        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        Assert.Equal(RunOutcome.Completed, resumed.Outcome);
        Assert.Equal(10, resumed.Counts.Folded);
        await golden.RequireAsync(world, "resumed");
    }

    [Fact]
    public async Task Run_MoreRepeatsThanAreSuspected_FoldsThemAll()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server, records: 20);
        world.BatchRows = 10_000;
        int ids = RepeatFilter.MostSuspects + 1;
        var csv = new StringBuilder("Id,Name,Amount,Seen,Parent,Deleted\n");
        for (int row = 0; row < 2 * ids; row++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{row % ids},n,1,,,\n");
        }

        await File.WriteAllTextAsync(world.CsvPath, csv.ToString());

        PipelineResult result = await world.RunAsync();

        Assert.Null(result.Fault);
        Assert.Equal((ids, ids), (result.Counts.Staged, result.Counts.Folded));
        Assert.Equal(ids, await world.CountAsync("select count(distinct legacy_id) from staging.things"));
    }

    // A ledger that refuses the entry of the folding leaves an attempt with all rows.
    internal static async Task<RunIdentity> RunUpToFoldingAsync(SmallWorld world)
    {
        await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger add constraint unfolded check (batch > 0) not valid");
        PipelineResult failed = await world.RunAsync();
        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger drop constraint unfolded");
        return new RunIdentity(failed.RunId, "things", await world.CountAsync("select epoch from staging.reconciliation_lease"));
    }

    // The later of two rows stands apart, or the earlier one, as it is when batches overtake each other.
    private const string Later = "source_line > (select min(source_line) from {0} o where o.legacy_id = t.legacy_id)";
    private const string Earlier = "source_line < (select max(source_line) from {0} o where o.legacy_id = t.legacy_id)";

    private static string Rows(string told) => told[told.IndexOf('\n', StringComparison.Ordinal)..];

    // Folds a copy of the attempt, and tells what came out: searched as a whole when nothing stands apart.
    private static async Task<string> FoldAsync(SmallWorld world, RunIdentity run, string? apart)
    {
        await CopyAsync(world, run, apart ?? "false");
        return await FoldCopyAsync(world, run, isUnique: apart is not null);
    }

    private static async Task CopyAsync(SmallWorld world, RunIdentity run, string apart)
    {
        SqlTable attempt = s_tables.Attempt(world.Read().Definition!.Pipelines[0].Stage, run.RunId);
        string all = $"(select * from {attempt} union all select * from {s_tables.Repeats(attempt)})";
        string where = string.Format(CultureInfo.InvariantCulture, apart, all);
        await world.Database.ExecuteAsync($"""
            drop table if exists staging.copied, staging.copied_r;
            create table staging.copied_r as select * from {all} t where {where};
            create table staging.copied as select * from {all} t where not ({where});
            """);
    }

    private static async Task<string> FoldCopyAsync(SmallWorld world, RunIdentity run, bool isUnique)
    {
        ValidPipeline pipeline = world.Read().Definition!.Pipelines[0];
        await world.Database.ExecuteAsync($"delete from {s_tables.Ledger} where batch = 0 and run_id = '{run.RunId}'");
        ReconciliationPlan plan = ReconciliationPlan.Compile(
            pipeline,
            new ConversionContext(new DefaultsDefinition(), Path.GetDirectoryName(world.CsvPath)!, false),
            new HashSet<string>(),
            new HashSet<string>());
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        long folded = await new RepeatFolder(s_tables, pipeline, plan, new RowLayout(pipeline.Stage, IsPacked: true))
            .FoldAsync(sources.Writer, run, s_tables.Table("copied"), isUnique, CancellationToken.None);
        string rows = await world.Database.QueryValueAsync<string>(
            "select string_agg(to_jsonb(t)::text, e'\\n' order by to_jsonb(t)::text collate \"C\") from staging.copied t") ?? "";
        string ledger = await world.Database.QueryValueAsync<string>(
            $"select concat_ws(' ', staged, folded, counts) from {s_tables.Ledger} where batch = 0 and run_id = '{run.RunId}'") ?? "none";
        return string.Create(CultureInfo.InvariantCulture, $"{folded} folded\n{ledger}\n{rows}");
    }
}
