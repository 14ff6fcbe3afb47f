using System.Globalization;
using System.Text;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Reconcile;
using Recon.Dataflow.Reconcile.Conversions;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Breakage;
using Recon.Postgres.Tests.Runs;
using Recon.Testing;

namespace Recon.Postgres.Tests.Staging;

/// <summary>Folding repeats with and without knowing which ids may repeat.</summary>
public sealed class RepeatFolderTests(PostgresServer server)
{
    private static readonly StagingTables Tables = new("staging");

    // Of the small world's 100 records, these come twice: the first five agree, the others do not.
    private static readonly string[] Repeats = ["3", "23", "43", "63", "83", "4", "24", "44", "64", "84"];

    [Fact]
    public async Task Fold_WithSuspects_GivesTheSameRowsAndCountsAsASearchOfAll()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);

        string all = await FoldAsync(world, run, null);

        Assert.StartsWith("10 folded", all, StringComparison.Ordinal);
        Assert.Contains("conflict", all, StringComparison.Ordinal);
        Assert.Contains("\"parent\": {\"3\"", all, StringComparison.Ordinal);
        Assert.Equal(all, await FoldAsync(world, run, Repeats));
    }

    [Fact]
    public async Task Fold_FalseSuspects_AreLeftAsTheyAre()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);

        Assert.Equal(
            await FoldAsync(world, run, null),
            await FoldAsync(world, run, [.. Repeats, "1", "5", "6", "7", "100", "not there", "", "3 "]));
        Assert.StartsWith("0 folded", await FoldAsync(world, run, ["1", "5", "7", "not there"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fold_IdThatIsNotSuspected_IsNotSearchedFor()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        RunIdentity run = await RunUpToFoldingAsync(world);

        Assert.StartsWith("9 folded", await FoldAsync(world, run, Repeats[1..]), StringComparison.Ordinal);
    }

    // The undisturbed run filters as it reads; the resumed one has not seen every batch, and searches.
    [Fact]
    public async Task Run_ResumedOverRepeats_GivesTheSameAsAnUndisturbedOne()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        Golden golden = await Golden.RunAsync(world);
        await world.Database.ExecuteAsync(
            "alter table staging.reconciliation_ledger add constraint halfway check (batch < 5 and (batch <> 0 or run_id is null)) not valid");
        PipelineResult failed = await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger drop constraint halfway");

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
    private static async Task<RunIdentity> RunUpToFoldingAsync(SmallWorld world)
    {
        await world.RunAsync();
        await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger add constraint unfolded check (batch > 0) not valid");
        PipelineResult failed = await world.RunAsync();
        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        await world.Database.ExecuteAsync("alter table staging.reconciliation_ledger drop constraint unfolded");
        return new RunIdentity(failed.RunId, "things", await world.CountAsync("select epoch from staging.reconciliation_lease"));
    }

    // Folds a copy of the attempt, and tells what came out.
    private static async Task<string> FoldAsync(SmallWorld world, RunIdentity run, IReadOnlyCollection<string>? suspects)
    {
        PipelineDefinition pipeline = world.Read().Definition!.Pipelines[0];
        SqlTable attempt = Tables.Attempt(pipeline.Stage, run.RunId);
        SqlTable copy = Tables.Table("copied");
        await world.Database.ExecuteAsync($"""
            drop table if exists {copy};
            create table {copy} as table {attempt};
            delete from {Tables.Ledger} where batch = 0 and run_id = '{run.RunId}';
            """);
        ReconciliationPlan plan = ReconciliationPlan.Compile(
            pipeline,
            new ConversionContext(new DefaultsDefinition(), Path.GetDirectoryName(world.CsvPath)!, false),
            new HashSet<string>(),
            new HashSet<string>());
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        long folded = await new RepeatFolder(Tables, pipeline, plan).FoldAsync(sources.Writer, run, copy, suspects, CancellationToken.None);
        string rows = await world.Database.QueryValueAsync<string>($"select string_agg(to_jsonb(t)::text, e'\\n' order by to_jsonb(t)::text collate \"C\") from {copy} t") ?? "";
        string ledger = await world.Database.QueryValueAsync<string>(
            $"select concat_ws(' ', staged, folded, counts) from {Tables.Ledger} where batch = 0 and run_id = '{run.RunId}'") ?? "none";
        return string.Create(CultureInfo.InvariantCulture, $"{folded} folded, ledger {ledger}\n{rows}");
    }
}
