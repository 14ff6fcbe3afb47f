using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Postgres.Tests.Runs;
using Recon.Postgres.Wire;
using Recon.Testing;

namespace Recon.Postgres.Tests.Staging;

/// <summary>The rows behind the view that readers see, and tables of the former layout, which are no views.</summary>
public sealed class RowLayoutTests(PostgresServer server)
{
    private static readonly StagingTables s_tables = new("staging");

    [Fact]
    public async Task Run_FormerTableWithNothingOfAUser_BecomesAViewWithItsGrantsAndComment()
    {
        string role = $"reader_{Guid.NewGuid():N}";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        string expected = await FormerAsync(world);
        await world.Database.ExecuteAsync($"""
            create role {role};
            grant usage on schema staging to {role};
            grant select on staging.things to {role} with grant option;
            grant update (notes) on staging.things to public;
            comment on table staging.things is 'It''s "ours"';
            """);

        PipelineResult partial = await world.RunAsync(request => request with { Limit = 3 });
        string kindAfterAPart = await KindAsync(world);
        PipelineResult first = await world.RunAsync();
        PipelineResult second = await world.RunAsync();

        Assert.Equal((RunOutcome.Completed, "p"), (partial.Outcome, kindAfterAPart));
        Assert.Equal((RunOutcome.Completed, RunOutcome.Completed, "v"), (first.Outcome, second.Outcome, await KindAsync(world)));
        Assert.Equal(expected, await world.ContentAsync());
        Assert.Equal("It's \"ours\"", await world.Database.QueryValueAsync<string>("select obj_description('staging.things'::regclass)"));
        Assert.True(await world.Database.QueryValueAsync<bool>($"""
            select has_table_privilege('{role}', 'staging.things', 'select with grant option') and not has_table_privilege('{role}', 'staging.things', 'update')
                and has_column_privilege('{role}', 'staging.things', 'notes', 'update')
            """));
        await world.Database.ExecuteAsync($"set role {role}; select legacy_properties, * from staging.things; update staging.things set notes = notes");
        await world.Database.ExecuteAsync($"drop owned by {role}; drop role {role}");
    }

    [Theory]
    [InlineData("create view public.own as select legacy_properties from staging.things", "view own")]
    [InlineData("create materialized view public.own as select * from staging.things", "materialized view own")]
    [InlineData("create table public.reviews (id text primary key references staging.things)", "foreign key reviews_id_fkey of reviews")]
    [InlineData("alter table staging.things add column mine text default 'x'", "column mine")]
    [InlineData("alter table staging.things add constraint sane check (legacy_id <> '')", "constraint sane")]
    [InlineData("alter table staging.things alter column seen_at set not null", "\"not null\" of column seen_at")]
    [InlineData("create index own on staging.things (legacy_name)", "index own")]
    [InlineData("create function public.own() returns setof staging.things language sql as 'select * from staging.things'", "function own()")]
    [InlineData("alter table staging.things enable row level security", "row-level security")]
    public async Task Run_FormerTableWithSomethingOfAUser_IsPublishedToAsItIs(string own, string told)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        string expected = await FormerAsync(world);
        await world.Database.ExecuteAsync(own);
        await world.Database.ExecuteAsync("update staging.things set notes = 'former'");

        PipelineResult whole = await world.RunAsync();
        string content = await world.ContentAsync();
        PipelineResult partial = await world.RunAsync(request => request with { Limit = 3 });

        Assert.Equal((RunOutcome.Completed, RunOutcome.Completed, "p"), (whole.Outcome, partial.Outcome, await KindAsync(world)));
        Assert.Equal(expected, content);
        Assert.Contains(told, await AdditionsAsync(world));
    }

    [Fact]
    public async Task Resume_FormerTableThatGotAViewMeanwhile_PublishesOnlyWithoutIt()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        string expected = await FormerAsync(world);
        world.Parallelism = 1;
        await world.RefuseLaterBatchesAsync();
        PipelineResult broken = await world.RunAsync();
        await world.AcceptBatchesAsync();
        await world.Database.ExecuteAsync("create view public.own as select * from staging.things");

        PipelineResult refused = await world.RunAsync(request => request with { Resume = true });
        await world.Database.ExecuteAsync("drop view public.own");
        PipelineResult resumed = await world.RunAsync(request => request with { Resume = true });

        Assert.Equal((true, true, RunOutcome.Completed), (broken.Resumable, refused.Resumable, resumed.Outcome));
        Assert.Contains("staging.things got view own while the run", Assert.IsType<StagingException>(refused.Fault).Message, StringComparison.Ordinal);
        Assert.Equal((expected, "v"), (await world.ContentAsync(), await KindAsync(world)));
    }

    [Fact]
    public async Task Run_RawValuesOfAllKinds_AreReadAsTheyWere()
    {
        string[] names =
        [
            "plain", "a\u001Fb", "\u001F", "tab\tline\nfeed\u0001\u007F", "\"quoted\", 'single' \\ {}", "{\"a\": 1}", "é 😀 ﷽", "null", new string('x', 65_536), "",
        ];
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        StringBuilder csv = new("Id,Name,Amount,Seen,Parent,Deleted\n");
        for (int index = 0; index < names.Length; index++)
        {
            csv.Append(null, $"{index + 1},\"{names[index].Replace("\"", "\"\"", StringComparison.Ordinal)}\",1,,,\n");
        }

        await File.WriteAllTextAsync(world.CsvPath, csv.ToString(), TestContext.Current.CancellationToken);

        PipelineResult result = await world.RunAsync(request => request with { PublishAnyway = true });

        Assert.Equal((RunOutcome.Completed, names.Length), (result.Outcome, result.Counts.Staged));
        for (int index = 0; index < names.Length; index++)
        {
            Assert.Equal(
                names[index],
                await world.Database.QueryValueAsync<string>($"select coalesce(legacy_properties ->> 'Name', '') from staging.things where legacy_id = '{index + 1}'"));
        }

        Assert.Equal("{\"Amount\": \"1\"}", await world.Database.QueryValueAsync<string>("select legacy_properties::text from staging.things where legacy_name is null"));
        Assert.Equal(2, await world.CountAsync("select count(*) from staging.things_rows where recon_names is null"));
    }

    // The list of columns is another one; the rows of the whole run keep theirs.
    [Fact]
    public async Task PartialRun_UnderAnotherDefinition_LeavesTheNamesOfOtherRows()
    {
        const string Seven = "select legacy_properties::text from staging.things where legacy_id = '7'";
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        string? former = await world.Database.QueryValueAsync<string>(Seven);
        string csv = await File.ReadAllTextAsync(world.CsvPath, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(world.CsvPath, csv.Replace(",Deleted\n", ",Deleted,More\n", StringComparison.Ordinal)
            .Replace(",\n", ",,more\n", StringComparison.Ordinal).Replace(",1\n", ",1,\n", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        world.PipelineKeys = "\"object\": { \"from\": \"More\", \"map\": { \"more\": \"tasks\" } },";

        PipelineResult partial = await world.RunAsync(request => request with { Ids = new HashSet<string> { "5" } });

        Assert.Equal(RunOutcome.Completed, partial.Outcome);
        Assert.Equal(former, await world.Database.QueryValueAsync<string>(Seven));
        Assert.Equal(
            "name 5 more",
            await world.Database.QueryValueAsync<string>("select concat_ws(' ', legacy_properties ->> 'Name', legacy_properties ->> 'More') from staging.things where legacy_id = '5'"));
        Assert.Equal(2, await world.CountAsync("select count(*) from staging.reconciliation_names"));
    }

    [Fact]
    public async Task Run_SameColumnsAgain_EntersTheirNamesOnce()
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();
        await world.RunAsync();
        Assert.Equal(1, await world.CountAsync("select count(*) from staging.reconciliation_names"));
    }

    [Theory]
    [InlineData("select reconciliation_status, count(*) from staging.things group by 1")]
    [InlineData("select legacy_id, hubspot_id, legacy_name, hubspot_name, reconciliation_status, match_confidence from staging.things where legacy_id = '5'")]
    public async Task Plan_QueryWithoutRawValues_MakesNoJson(string query)
    {
        await using SmallWorld world = await SmallWorld.CreateAsync(server);
        await world.RunAsync();

        string? plan = await world.Database.QueryValueAsync<string>($$"""
            create function public.plan() returns text language plpgsql as $f$ declare line text; told text := ''; begin
                for line in execute $q$explain (verbose) {{query}}$q$ loop told := told || line || e'\n'; end loop; return told; end $f$;
            select public.plan()
            """);

        Assert.DoesNotContain("jsonb", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("SubPlan", plan, StringComparison.Ordinal);
    }

    private static async Task<string> KindAsync(SmallWorld world)
        => await world.Database.QueryValueAsync<string>("select relkind::text from pg_class where oid = 'staging.things'::regclass") ?? "";

    // A result in a table as earlier versions made it. Returns its content.
    private static async Task<string> FormerAsync(SmallWorld world)
    {
        await world.RunAsync();
        string content = await world.ContentAsync();
        StageBlockDefinition stage = world.Read().Definition!.Pipelines[0].Stage;
        SqlText columns = SqlText.Join(", ", new RowLayout(stage, IsPacked: false).Stored.Select(StagingTables.Declaration));
        await world.Database.ExecuteAsync($"""
            create table public.kept as select * from staging.things;
            drop table staging.things_rows cascade;
            create table staging.things ({columns}, primary key (legacy_id)) partition by range (legacy_id);
            create index things_status on staging.things (reconciliation_status, last_updated desc) where reconciliation_status <> 'matched';
            create index things_hubspot on staging.things (hubspot_id);
            create table staging.things__0123456789ab partition of staging.things for values from (minvalue) to (maxvalue);
            insert into staging.things select * from public.kept;
            drop table public.kept;
            """);
        Assert.Empty(await AdditionsAsync(world));
        return content;
    }

    private static async Task<List<string>> AdditionsAsync(SmallWorld world)
    {
        await using ReconDataSources sources = ReconDataSources.ForConnectionString(world.Database.ConnectionString, new DataSourceOptions());
        await using NpgsqlConnection connection = await sources.Control.OpenConnectionAsync(TestContext.Current.CancellationToken);
        StagedTable table = await StagedTable.RequireAsync(
            connection, s_tables, world.Read().Definition!.Pipelines[0].Stage, TestContext.Current.CancellationToken);
        return await FormerTable.AdditionsAsync(connection, table, TestContext.Current.CancellationToken);
    }
}
