using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Hosting;

/// <summary>Standard error with <c>--log-format json</c>.</summary>
public sealed class JsonLogTests(PostgresServer server)
{
    [Fact]
    public async Task Run_Completed_TellsBeginAndEndAndLeavesTheResultAlone()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--json", "--log-format", "json");

        JsonElement account = JsonDocument.Parse(run.Out).RootElement.GetProperty("runs")[0];
        JsonElement[] events = Events(run);
        JsonElement ended = Assert.Single(events, each => Name(each) == "RunCompleted");
        Assert.Equal((12, "information"), (ended.GetProperty("event_id").GetInt32(), ended.GetProperty("level").GetString()));
        Assert.Equal(account.GetProperty("read").GetInt64(), ended.GetProperty("attributes").GetProperty("read").GetInt64());
        Assert.Equal(account.GetProperty("run_id").GetString(), ended.GetProperty("attributes").GetProperty("run_id").GetString());
        Assert.Contains($"{account.GetProperty("run_id").GetString()} completed after", ended.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Single(events, each => Name(each) == "RunBegan");
        Assert.Contains(events, each => Name(each) == "Told" && each.GetProperty("message").GetString()!.Contains("Comp_Name", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Text_DoesNotTellBeginAndEndTwice()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies");

        Assert.DoesNotContain("began", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("completed after", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Refused_TellsWhyAndHow()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);

        CliRun run = await database.ReconAsync("run", "companies", "--max-rejects", "0", "--quiet", "--log-format=json");

        JsonElement[] events = Events(run);
        Assert.DoesNotContain(events, each => each.GetProperty("level").GetString() == "information");
        JsonElement ended = Assert.Single(events, each => Name(each) == "RunNotCompleted");
        Assert.Equal(("refused", "maxRejects"), (ended.GetProperty("attributes").GetProperty("outcome").GetString(), ended.GetProperty("attributes").GetProperty("cause").GetString()));
        JsonElement failure = Assert.Single(events, each => Name(each) == "Failed");
        Assert.Equal(3, failure.GetProperty("attributes").GetProperty("exit_code").GetInt32());
        Assert.StartsWith("companies: ", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Told", "rnu", "--log-format", "json")]
    [InlineData("Told", "run", "--nonsense", "--log-format", "json")]
    [InlineData("Failed", "run", "--definition", "nope.json", "--verbose", "--log-format", "json")]
    [InlineData("Failed", "run", "--metrics", "console", "--log-format", "json")]
    [InlineData("Failed", "stats", "--metrics", "console", "--log-format", "json")]
    public async Task Command_Refused_TellsItAsEvents(string expected, params string[] args)
    {
        CliRun run = await CliRun.OfAsync([.. args, .. args.Contains("--definition") ? (string[])[] : ["--definition", DemoDatabase.Definition]]);

        Assert.Equal(2, run.ExitCode);
        Assert.All(Events(run), each => Assert.Equal(expected, Name(each)));
        Assert.Equal(args.Contains("--verbose"), Events(run).Any(each => each.TryGetProperty("exception", out _)));
    }

    [Fact]
    public async Task Format_ThatIsNone_IsRefused()
    {
        CliRun run = await CliRun.OfAsync("run", "--log-format", "xml");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--log-format takes text or json, not 'xml'", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StoppedAsAProcess_WritesNothingButEvents()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = await LargeSample.CreateAsync();
        await using CliProcess process = CliProcess.Start(
            folder.Path, [], ["run", "communications", "--log-format", "json", "--postgres", database.ConnectionString]);
        await using (await LargeSample.HoldAsync(database))
        {
            process.Signal(15);
            await process.WaitForErrorAsync("Stopping");
        }

        CliRun run = await process.EndAsync();

        JsonElement[] events = Events(run);
        Assert.Equal(143, run.ExitCode);
        Assert.Equal("cancelled", Assert.Single(events, each => Name(each) == "RunNotCompleted").GetProperty("attributes").GetProperty("outcome").GetString());
        Assert.Contains(events, each => Name(each) == "Told");
    }

    // Every line is an event with an id and a time, and nothing but ASCII.
    private static JsonElement[] Events(CliRun run)
    {
        string[] lines = run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        JsonElement[] events = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.NotEmpty(events);
        Assert.All(lines, line => Assert.DoesNotContain(line, character => character is < ' ' or > '~'));
        Assert.All(events, each => Assert.NotEqual(0, each.GetProperty("event_id").GetInt32()));
        Assert.All(events, each => Assert.NotEqual(default, each.GetProperty("time").GetDateTimeOffset()));
        return events;
    }

    private static string? Name(JsonElement each) => each.GetProperty("event").GetString();
}
