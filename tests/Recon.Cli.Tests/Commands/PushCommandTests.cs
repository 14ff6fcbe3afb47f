using System.Text.Json;
using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Sandbox.Traps;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The whole way of the shipped sample through a sandbox: run, plan, approve, push, edit, undo.</summary>
public sealed class PushCommandTests(PostgresServer server)
{
    private static readonly string[] s_states = ["written", "refused", "stale", "owned", "merged", "missing", "uncertain", "waiting"];

    [Fact]
    public async Task Push_OfTheSample_IsWrittenAndUndone()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);
        string plan = await PlanAsync(sandbox, database, "companies", "communications");
        var before = sandbox.Snapshot();
        string type = (await database.QueryValueAsync<string>("select object_type from staging.push_item where no = 1"))!;
        string id = (await database.QueryValueAsync<string>("select hubspot_id::text from staging.push_item where no = 1"))!;
        string property = (await database.QueryValueAsync<string>("select (select min(key) from jsonb_each(properties)) from staging.push_item where no = 1"))!;

        JsonElement pushed = await JsonAsync(sandbox, database, "push", plan, "--yes");

        long planned = await database.QueryValueAsync<long>("select count(*) from staging.push_item");
        Assert.Equal(
            ["plan", "planned", "written", "refused", "stale", "owned", "merged", "missing", "uncertain", "calls", "seconds"],
            pushed.EnumerateObject().Take(11).Select(key => key.Name));
        Assert.Equal(planned, pushed.GetProperty("planned").GetInt64());
        Assert.Equal(planned, s_states.Sum(state => pushed.GetProperty(state).GetInt64()));

        // In the demo mirror some records are of another type than the legacy side says, so that HubSpot does not find them there.
        Assert.Equal(planned, pushed.GetProperty("written").GetInt64() + pushed.GetProperty("missing").GetInt64());
        Assert.True(pushed.GetProperty("written").GetInt64() > planned * 2 / 3, pushed.ToString());

        sandbox.Server.Portal.Edit(type, id, property, "typed by hand", 4711);
        JsonElement undone = await JsonAsync(sandbox, database, "push", "--undo", plan, "--yes");

        Assert.Equal((1, pushed.GetProperty("written").GetInt64() - 1), (undone.GetProperty("kept").GetInt64(), undone.GetProperty("restored").GetInt64()));
        var after = sandbox.Snapshot();
        string[] differing = [.. before.Where(record => !record.Value.SequenceEqual(after[record.Key])).Select(record => record.Key)];
        Assert.Equal([$"{type}/{id}"], differing);
    }

    [Fact]
    public async Task Push_WithoutTerminalAndWithoutYes_SendsNothing()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);
        string plan = await PlanAsync(sandbox, database, "companies");

        CliRun run = await sandbox.ReconAsync(database, "push", plan);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--yes", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(sandbox.Calls, call => call.Kind == CallKind.Update);
    }

    [Fact]
    public async Task Push_OfWhatNobodyApproved_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);
        await sandbox.RequireAsync(database, "run", "companies");
        await sandbox.RequireAsync(database, "plan", "companies");

        CliRun run = await sandbox.ReconAsync(database, "push", "--yes", await PlanIdAsync(database));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("recon approve", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_OfChangedItems_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);
        string plan = await PlanAsync(sandbox, database, "companies");
        await database.ExecuteAsync("update staging.push_item set properties = jsonb_set(properties, '{name}', '\"something else\"') where no = 3");

        CliRun run = await sandbox.ReconAsync(database, "push", plan, "--yes");

        Assert.Equal(2, run.ExitCode);
        Assert.DoesNotContain(sandbox.Calls, call => call.Kind == CallKind.Update);
    }

    [Fact]
    public async Task Push_OfPlanOfAnotherAccount_IsRefused()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);
        string plan = await PlanAsync(sandbox, database, "companies");
        await database.ExecuteAsync("update staging.push_plan set portal = 7");

        CliRun run = await sandbox.ReconAsync(database, "push", plan, "--yes");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("48000001", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_OfPlanThatSomebodyHolds_NamesWhoAndExitsWithFive()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);
        string plan = await PlanAsync(sandbox, database, "companies");
        await using var other = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database.ConnectionString) { ApplicationName = "recon push by maria@crm-1", Pooling = false }.ConnectionString);
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using NpgsqlCommand hold = other.CreateCommand();
        hold.CommandText = "select pg_advisory_lock(hashtextextended('recon push staging ' || plan_id, 0)) from staging.push_plan limit 1";
        await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        CliRun run = await sandbox.ReconAsync(database, "push", plan, "--yes");

        Assert.Equal(5, run.ExitCode);
        Assert.Contains("maria@crm-1", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Push_WhenTheDayIsOver_ExitsWithFourAndIsResumed()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database, "daily-limit,on=update,from=2");
        string plan = await PlanAsync(sandbox, database, "companies", "contacts");

        CliRun stopped = await sandbox.ReconAsync(database, "push", plan, "--yes", "--canary", "3");
        Assert.Equal(4, stopped.ExitCode);
        Assert.Contains("--resume", stopped.Out, StringComparison.Ordinal);
        sandbox.Server.Traps.Clear();
        JsonElement resumed = await JsonAsync(sandbox, database, "push", "--resume", "--yes");

        Assert.Equal(0, resumed.GetProperty("waiting").GetInt64());
        Assert.Equal(resumed.GetProperty("planned").GetInt64(), resumed.GetProperty("written").GetInt64() + resumed.GetProperty("refused").GetInt64());
        Assert.Equal(2, (await sandbox.ReconAsync(database, "push", "--resume", "--yes")).ExitCode);
    }

    [Fact]
    public async Task Stop_OfNothing_SaysSo()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using SandboxHost sandbox = await SandboxHost.StartAsync(database);
        await sandbox.RequireAsync(database, "setup");

        Assert.Contains("Nothing was ever pushed", await sandbox.RequireAsync(database, "push", "--stop"), StringComparison.Ordinal);
    }

    internal static async Task<string> PlanAsync(SandboxHost sandbox, TestDatabase database, params string[] pipelines)
    {
        await sandbox.RequireAsync(database, ["run", .. pipelines]);
        await sandbox.RequireAsync(database, ["plan", .. pipelines, "--by", "Ada"]);
        string plan = await PlanIdAsync(database);
        await sandbox.RequireAsync(database, "approve", plan, "--all", "--by", "Grace", "--over-the-limit", "--reason", "a test");
        return plan;
    }

    private static async Task<string> PlanIdAsync(TestDatabase database)
        => (await database.QueryValueAsync<string>("select plan_id::text from staging.push_plan order by created_at desc limit 1"))!;

    private static async Task<JsonElement> JsonAsync(SandboxHost sandbox, TestDatabase database, params string[] args)
    {
        using JsonDocument document = JsonDocument.Parse(await sandbox.RequireAsync(database, [.. args, "--json"]));
        return document.RootElement.Clone();
    }
}
