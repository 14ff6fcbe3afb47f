using System.Globalization;
using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The recon executable killed after random commits of <c>recon run</c>, then <c>recon run --resume</c>.</summary>
public sealed class KilledProcessTests(PostgresServer server, ITestOutputHelper output)
{
    private const int Kills = 20;
    private static readonly string[] s_pipelines = ["companies", "communications"];

    // Companies are read whole in one batch, communications in a hundred: most kills hit the second pipeline in mid-run.
    private const string ContentSql = """
        select (select string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, e'\n' order by legacy_company_id collate "C")
                from staging.companies_reconciliation t)
            || e'\n' ||
            (select string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, e'\n' order by legacy_communication_id collate "C")
                from staging.communications_reconciliation t)
        """;

    private const string RejectsSql = """
        select string_agg((to_jsonb(r) - 'run_id')::text, e'\n' order by pipeline, byte_offset, line)
        from staging.reconciliation_rejects r
        """;

    // Of the runs whose result is published, in log and ledger.
    private const string CountsSql = """
        select string_agg(line, e'\n' order by line) from (
            select concat_ws(' ', l.pipeline, l.outcome, l.read, l.staged, l.matched, l.unmatched, l.ambiguous, l.conflict, l.folded,
                l.filtered, l.rejected, l.with_changes, '|', count(*), sum(g.read), sum(g.staged), sum(g.folded), sum(g.filtered),
                sum(g.rejected)) as line
            from staging.reconciliation_log l join staging.reconciliation_ledger g using (run_id, pipeline)
            where (l.pipeline, l.run_id) in (
                select 'companies', run_id from staging.companies_reconciliation
                union all select 'communications', run_id from staging.communications_reconciliation)
            group by l.run_id, l.pipeline) t
        """;

    private const string LeftoversSql = """
        select (select count(*) from pg_class where relnamespace = 'staging'::regnamespace and relkind = 'r'
                and relname ~ '__[0-9a-f]{12}$' and not relispartition)
            + (select count(*) from staging.reconciliation_log where attempt_table is not null or outcome = 'running')
        """;

    [Fact]
    public Task Recon_KilledSometimes_IsResumedExactlyEachTime() => KillAsync(2);

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public Task Recon_KilledTwentyTimes_IsResumedExactlyEachTime() => Task.WhenAll(KillAsync(Kills / 2), KillAsync(Kills / 2));

    // A run is killed after a random number of commits; RECON_SEED repeats them. Two at a time: a resume waits for a dead holder's beats.
    private async Task KillAsync(int kills)
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("RECON_SEED"), CultureInfo.InvariantCulture, out int stated)
            ? stated
            : Random.Shared.Next();
        var random = new Random(seed);
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = SmallBatches();
        await RunAsync(folder, database);
        int batches = (int)(await BatchesAfterAsync(database, Guid.Empty))!;
        string golden = await SeenAsync(database);
        int unfinished = 0;
        for (int kill = 1; kill <= kills; kill++)
        {
            string what = string.Create(CultureInfo.InvariantCulture, $"kill {kill} of seed {seed}");
            await database.ExecuteAsync(kill % 2 == 0
                ? "drop schema staging cascade"
                : "update staging.companies_reconciliation set notes = 'former'; update staging.communications_reconciliation set notes = 'former'");
            Guid last = kill % 2 == 0 ? Guid.Empty : await database.QueryValueAsync<Guid>(
                "select run_id from staging.reconciliation_ledger order by run_id desc limit 1");
            int commits = random.Next(batches + 1);
            await using CliProcess process = Start(folder, database);
            await Until.TrueAsync(
                $"{commits} of {batches} batches in the ledger ({what})",
                async () => process.HasExited || await BatchesAfterAsync(database, last) >= commits,
                TestContext.Current.CancellationToken);
            process.Kill();
            CliRun killed = await process.EndAsync();
            unfinished += killed.ExitCode == 0 ? 0 : 1;

            await RunAsync(folder, database, "--resume");

            string seen = await SeenAsync(database);
            Assert.True(seen == golden, $"{what}: other content than that of an undisturbed run:\n{Difference(golden, seen)}");
            Assert.True(await database.QueryValueAsync<long>(LeftoversSql) == 0, $"{what}: attempts were left behind");
        }

        output.WriteLine($"{unfinished} of {kills} runs were killed before their end; seed {seed}.");
        Assert.True(unfinished * 4 >= kills, $"Only {unfinished} of {kills} runs were killed before their end; seed {seed}.");
    }

    // Null until the run has made its tables.
    private static async Task<long?> BatchesAfterAsync(TestDatabase database, Guid run)
    {
        try
        {
            return await database.QueryValueAsync<long>($"select count(*) from staging.reconciliation_ledger where run_id > '{run}'");
        }
        catch (PostgresException missing) when (missing.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return null;
        }
    }

    private static async Task RunAsync(TempFolder folder, TestDatabase database, params string[] options)
    {
        await using CliProcess process = Start(folder, database, options);
        CliRun run = await process.EndAsync();
        Assert.True(run.ExitCode == 0, run.Error);
    }

    private static CliProcess Start(TempFolder folder, TestDatabase database, params string[] options)
        => CliProcess.Start(folder.Path, [], ["run", .. s_pipelines, .. options, "--postgres", database.ConnectionString]);

    private static async Task<string> SeenAsync(TestDatabase database) => string.Join(
        "\n\n",
        await database.QueryValueAsync<string>(CountsSql),
        await database.QueryValueAsync<string>(RejectsSql),
        await database.QueryValueAsync<string>(ContentSql));

    private static string Difference(string golden, string seen) => string.Join(
        '\n',
        golden.Split('\n').Except(seen.Split('\n')).Take(5).Select(line => "- " + line)
            .Concat(seen.Split('\n').Except(golden.Split('\n')).Take(5).Select(line => "+ " + line)));

    private static TempFolder SmallBatches()
    {
        var folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        folder.AddBronze("Bronze_Communication.csv");
        string definition = File.ReadAllText(folder.File("pipeline.json"));
        File.WriteAllText(
            folder.File("pipeline.json"),
            definition.Replace("\"batch\", \"rows\": 1000", "\"batch\", \"rows\": 100", StringComparison.Ordinal));
        return folder;
    }
}
