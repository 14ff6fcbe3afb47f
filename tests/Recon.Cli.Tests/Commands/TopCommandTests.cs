using System.Text.Json;
using Recon.Cli.Tests.Rendering.Live;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed class TopCommandTests(PostgresServer server)
{
    [Fact]
    public async Task Top_NothingRuns_SaysSo()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun text = await database.ReconAsync("top");
        CliRun json = await database.ReconAsync("top", "--json");

        Assert.Equal((0, "No run is in progress.\n", ""), (text.ExitCode, text.Out, text.Error));
        Assert.Equal(0, JsonDocument.Parse(json.Out).RootElement.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task Top_RunsOfSeveralSchemas_TellsEach()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("setup");
        await HoldAsync(database, "staging", "communications", 0);
        await database.ExecuteAsync("create schema trial; create table trial.reconciliation_lease (like staging.reconciliation_lease including all)");
        await HoldAsync(database, "trial", "contacts", 42);

        CliRun text = await database.ReconAsync("top", "--once");
        CliRun json = await database.ReconAsync("top", "--json");

        Assert.Contains("communications  reading 45 %", text.Out, StringComparison.Ordinal);
        Assert.Contains("▶ contact", text.Out, StringComparison.Ordinal);
        Assert.Contains("no sign of life for 0:42", text.Out, StringComparison.Ordinal);
        Assert.All(text.Out.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
        JsonElement[] runs = [.. JsonDocument.Parse(json.Out).RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal([("staging", false), ("trial", true)], runs.Select(run => (run.GetProperty("schema").GetString(), run.GetProperty("stale").GetBoolean())));
        JsonElement progress = runs[0].GetProperty("progress");
        Assert.Equal(4_102_000, progress.GetProperty("account").GetProperty("read").GetInt64());
        Assert.Equal("contact", progress.GetProperty("verdict").GetProperty("block").GetString());
        Assert.Equal(2, progress.GetProperty("verdict").GetProperty("change").GetProperty("parallelism").GetInt32());
    }

    [Fact]
    public async Task Top_LeasesOfOtherVersions_AreReadOrToldWithTheRemedy()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("setup");
        await HoldAsync(database, "staging", "communications", 0);
        await database.ExecuteAsync("""
            alter table staging.reconciliation_lease drop column progress;
            create schema trial; create table trial.reconciliation_lease (pipeline text);
            """);

        CliRun text = await database.ReconAsync("top");

        Assert.Equal(0, text.ExitCode);
        Assert.Contains("communications\n", text.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("no progress yet", text.Out, StringComparison.Ordinal);
        Assert.Contains("trial: its runs are not shown, because \"trial\".\"reconciliation_lease\" is not as this version of recon makes it", text.Error, StringComparison.Ordinal);
        Assert.Contains("'recon setup'", text.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_RunThatWasKilled_IsAbandonedUnlessItsHolderLives()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await database.ReconAsync("setup");
        await HoldAsync(database, "staging", "communications", 0);
        await database.ExecuteAsync($"""
            insert into staging.reconciliation_log (run_id, pipeline, outcome, partial, definition_fingerprint, input_fingerprint, tool_version, staging_version)
            values ('{MadeUpRuns.Reading.RunId}', 'communications', 'running', false, '', '', '', 2), (gen_random_uuid(), 'deals', 'running', false, '', '', '', 2),
                (gen_random_uuid(), 'contacts', 'running', true, '', '', '', 2)
            """);

        CliRun alive = await database.ReconAsync("log", "--json");
        await database.ExecuteAsync("update staging.reconciliation_lease set heartbeat_at = heartbeat_at - interval '4 seconds', backend_pid = 0");
        CliRun dead = await database.ReconAsync("log", "--json");

        Assert.Equal("communications running|contacts abandoned|deals abandoned", Outcomes(alive));
        Assert.Equal("communications abandoned|contacts abandoned|deals abandoned", Outcomes(dead));
        Assert.Contains("'recon run communications --resume' goes on with it.", dead.Out, StringComparison.Ordinal);
        Assert.Contains("Nothing of it is published: run it again.", dead.Out, StringComparison.Ordinal);

        static string Outcomes(CliRun log) => string.Join('|', JsonDocument.Parse(log.Out).RootElement.GetProperty("runs").EnumerateArray()
            .Select(run => $"{run.GetProperty("pipeline")} {run.GetProperty("outcome")}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Top_ServerThatIsNamed_NeedsNoDefinition()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await CliRun.OfAsync("top", "--definition", "there-is-none.json", "--postgres", database.ConnectionString);
        CliRun unnamed = await CliRun.OfAsync("top", "--definition", "there-is-none.json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, unnamed.ExitCode);
        Assert.Contains("there-is-none.json", unnamed.Error, StringComparison.Ordinal);
    }

    private static Task HoldAsync(TestDatabase database, string schema, string pipeline, int silence) => database.ExecuteAsync($$"""
        insert into {{schema}}.reconciliation_lease values ('{{pipeline}}', '{{MadeUpRuns.Reading.RunId}}', 7, 'crm@etl-1, process 4711', 1, now(),
            clock_timestamp() - interval '{{silence}} seconds',
            jsonb_build_object('epoch', 7, 'run', $json${{MadeUpRuns.Reading.ToJson()}}$json$::jsonb))
        """);
}
