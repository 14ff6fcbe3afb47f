using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>Runs on a terminal: what it shows while one lookup is slow, and what keys do.</summary>
public sealed partial class LiveTerminalTests(PostgresServer server)
{
    private const int Rows = 40;
    private const string Slow = "\n  'match' limits: its one worker waits for the server";

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task Run_SlowLookup_IsNamedByThePictureAndByTop(int columns)
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(columns, "", "run");

        string seen = await terminal.SeeAsync(screen => screen.Contains(Slow, StringComparison.Ordinal) && Leased().IsMatch(screen));
        CliRun top = await world.TopAsync("--once", run => run.Out.Contains(Slow, StringComparison.Ordinal));
        CliRun json = await world.TopAsync("--json");
        await terminal.TypeAsync("q");
        (int exitCode, IReadOnlyList<string> lines) = await terminal.EndAsync();

        await Golden.CheckAsync($"live-terminal-{columns}.txt", Shape(seen));
        Assert.Contains("▶ match", top.Out, StringComparison.Ordinal);
        JsonElement verdict = JsonDocument.Parse(json.Out).RootElement.GetProperty("runs")[0].GetProperty("progress").GetProperty("verdict");
        Assert.Equal(("lookup_answers", "match"), (verdict.GetProperty("limit").GetString(), verdict.GetProperty("block").GetString()));
        Assert.Equal(130, exitCode);
        Assert.Single(lines, line => line.StartsWith("Stopping: finishing batches in flight", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains('▓', StringComparison.Ordinal));
        Assert.Contains("\u001b[33m▓", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Keys_ShowDetailsPauseAndGoOn()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(80, "NO_COLOR=1", "run --json > result.json");

        await terminal.SeeAsync(screen => screen.Contains("d details", StringComparison.Ordinal));
        await terminal.TypeAsync("d");
        await terminal.SeeAsync(screen => screen.Contains("seconds of", StringComparison.Ordinal));
        await terminal.TypeAsync("p");
        await terminal.SeeAsync(screen => screen.Contains("things  paused", StringComparison.Ordinal) && screen.Contains("p go on reading", StringComparison.Ordinal));
        await terminal.TypeAsync("p");
        await terminal.SeeAsync(screen => screen.Contains("things  reading", StringComparison.Ordinal));
        await world.HurryAsync();
        (int exitCode, IReadOnlyList<string> lines) = await terminal.EndAsync();

        Assert.Equal(0, exitCode);
        Assert.All(lines, Assert.Empty);
        Assert.DoesNotMatch("\u001b\\[[0-9]+m", terminal.Output);

        // The keys of the terminal are as they were, whatever kind of end follows.
        Assert.True(terminal.Output.LastIndexOf("\u001b[?1l", StringComparison.Ordinal) > terminal.Output.LastIndexOf("\u001b[?1h", StringComparison.Ordinal));
        JsonElement run = JsonDocument.Parse(await world.ReadAsync("result.json")).RootElement.GetProperty("runs")[0];
        Assert.Equal(SlowWorld.Records, run.GetProperty("read").GetInt64());
    }

    [Fact]
    public async Task DryRun_PausedAndStopped_LeavesNoPicture()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(80, "", "run --dry-run");

        await terminal.SeeAsync(screen => screen.Contains("things  reading", StringComparison.Ordinal));
        await terminal.TypeAsync("p");
        await terminal.SeeAsync(screen => screen.Contains("things  paused", StringComparison.Ordinal));
        await terminal.TypeAsync("q");
        (int exitCode, IReadOnlyList<string> lines) = await terminal.EndAsync();

        Assert.Equal(130, exitCode);
        Assert.Contains(lines, line => line.StartsWith("This was a dry run", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("drain and stop", StringComparison.Ordinal) || line.Contains("Ctrl-C stop now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_OutputIntoAProgram_LeavesKeysToIt()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(80, "", "run | cat");

        await terminal.SeeAsync(screen => screen.Contains("things  reading", StringComparison.Ordinal));
        await terminal.TypeAsync("q");
        await world.HurryAsync();
        await terminal.EndAsync();

        Assert.DoesNotContain("d details", terminal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Stopping", terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FewColumns_CompletesAllTheSame()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(4, "", "run --quiet");
        await world.HurryAsync();
        (int exitCode, _) = await terminal.EndAsync();

        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Top_IntoAFile_WritesWhatRunsNowAndEnds()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(80, "", "top > top.txt");
        (int exitCode, _) = await terminal.EndAsync();

        Assert.Equal((0, "No run is in progress.\n"), (exitCode, await world.ReadAsync("top.txt")));
    }

    [Fact]
    public async Task Run_CtrlC_IsToldAboveThePictureAndStays()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(80, "", "run");

        await terminal.SeeAsync(screen => screen.Contains("things  reading", StringComparison.Ordinal));
        await using (await world.HoldAsync())
        {
            await terminal.TypeAsync("\u0003");
            await terminal.SeeAsync(screen =>
                screen.Contains("things  stopping", StringComparison.Ordinal) && screen.Contains("Stopping: finishing", StringComparison.Ordinal));
        }

        (int exitCode, IReadOnlyList<string> lines) = await terminal.EndAsync();

        Assert.Equal(130, exitCode);
        Assert.Single(lines, line => line.StartsWith("Stopping: finishing batches in flight", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_DumbTerminal_GetsPlainLines()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess terminal = world.Start(80, "TERM=dumb", "run");

        await terminal.SeeAsync(screen => DumbLine().IsMatch(screen));
        await terminal.TypeAsync("\u0003");
        (int exitCode, _) = await terminal.EndAsync();

        Assert.Equal(130, exitCode);
        Assert.DoesNotContain('\u001b', terminal.Output);
    }

    [Fact]
    public async Task Top_OnATerminal_WatchesUntilQ()
    {
        await using SlowWorld world = await SlowWorld.CreateAsync(server);
        await using TerminalProcess run = world.Start(80, "", "run");
        await using TerminalProcess top = world.Start(80, "", "top");

        await top.SeeAsync(screen => screen.Contains("▶ match", StringComparison.Ordinal) && screen.Contains("q quit", StringComparison.Ordinal));
        await run.TypeAsync("p");
        await top.SeeAsync(screen => screen.Contains("things  paused", StringComparison.Ordinal));
        await top.TypeAsync("q");
        (int exitCode, _) = await top.EndAsync();
        await run.TypeAsync("q");
        (int stopped, _) = await run.EndAsync();

        Assert.Equal((0, 130), (exitCode, stopped));
    }

    // What differs from run to run by nature: numbers, and how long bars are.
    private static string Shape(string seen)
    {
        string[] lines = seen.Split('\n');
        string picture = string.Join('\n', lines.SkipWhile(line => !line.StartsWith("  block ", StringComparison.Ordinal)));
        picture = NumberPattern().Replace(BarPattern().Replace(QueuePattern().Replace(picture, "#/#"), "▓"), "#");
        // Where the verdict breaks depends on how many digits its numbers have.
        return BreakPattern().Replace(SpacePattern().Replace(picture, " "), " ").TrimEnd() + "\n";
    }

    [GeneratedRegex("p50.*\n  match +[0-9]")]
    private static partial Regex Leased();

    [GeneratedRegex("things: reading, [0-9]+ %, [0-9,]+ records committed, [0-9,]+ records/s")]
    private static partial Regex DumbLine();

    [GeneratedRegex("[0-9]+/[0-9]+[ ▁▂▃▄▅▆▇█]*")]
    private static partial Regex QueuePattern();

    [GeneratedRegex("[█▓░·]{2,}")]
    private static partial Regex BarPattern();

    [GeneratedRegex("[0-9]+([.,][0-9]+)*")]
    private static partial Regex NumberPattern();

    [GeneratedRegex("(?<=limits:.*)\n  (?!d details)", RegexOptions.Singleline)]
    private static partial Regex BreakPattern();

    [GeneratedRegex("(?<=[^ \n]) +")]
    private static partial Regex SpacePattern();

    /// <summary>A mirror in which each question of a lookup takes a tenth of a second, and a file of many small batches.</summary>
    private sealed class SlowWorld : IAsyncDisposable
    {
        public const int Records = 40_000;

        private const int BatchRows = 40;

        private readonly TestDatabase _database;
        private readonly TempFolder _folder = new();

        private SlowWorld(TestDatabase database) => _database = database;

        public static async Task<SlowWorld> CreateAsync(PostgresServer server)
        {
            var world = new SlowWorld(await server.CreateDatabaseAsync());
            await world._database.ExecuteAsync(string.Create(CultureInfo.InvariantCulture, $"""
                create schema hubspot;
                create table hubspot.real (hs_object_id bigint primary key, legacy text, name text);
                insert into hubspot.real select i, i::text, 'old' from generate_series(1, {Records}) i;
                create index on hubspot.real (legacy);
                create table hubspot.pace (seconds float8);
                insert into hubspot.pace values (0.1);
                create view hubspot.things as select * from hubspot.real where (select pg_sleep(seconds) from hubspot.pace) is not null;
                """));
            await File.WriteAllLinesAsync(
                world._folder.File("things.csv"),
                Enumerable.Range(1, Records).Select(id => string.Create(CultureInfo.InvariantCulture, $"{id},name {id}")).Prepend("Id,Name"));
            await File.WriteAllTextAsync(world._folder.File("pipeline.json"), $$"""
                { "pipelines": [{ "name": "things", "blocks": [
                  { "kind": "csv", "path": "things.csv", "id": "Id", "idType": "number" },
                  { "kind": "batch", "rows": {{BatchRows}} },
                  { "kind": "lookup", "name": "match", "table": "hubspot.things", "key": "legacy", "strategy": "any", "parallelism": 1 },
                  { "kind": "diff", "properties": [{ "property": "name", "column": "Name" }] },
                  { "kind": "stage", "table": "things", "legacyId": "legacy_id", "hubspotId": "hubspot_id" }
                ] }] }
                """);
            return world;
        }

        public TerminalProcess Start(int columns, string environment, string args) => TerminalProcess.Start(
            _folder.Path, columns, Rows, environment + $" RECON_POSTGRES='{_database.ConnectionString}'", args);

        public Task<CliRun> TopAsync(string option) => CliRun.OfAsync("top", option, "--postgres", _database.ConnectionString);

        /// <summary>Asks again until the heartbeat has told what is wanted.</summary>
        public async Task<CliRun> TopAsync(string option, Func<CliRun, bool> wanted)
        {
            CliRun? run = null;
            await Until.TrueAsync(
                () => $"recon top, which says:\n{run?.Out}", async () => wanted(run = await TopAsync(option)), TestContext.Current.CancellationToken);
            return run!;
        }

        /// <summary>Lets no question be answered until the result is disposed.</summary>
        public async Task<NpgsqlConnection> HoldAsync()
        {
            NpgsqlConnection connection = new(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Pooling = false }.ConnectionString);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using NpgsqlCommand hold = new("begin; lock table hubspot.pace", connection);
            await hold.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            return connection;
        }

        /// <summary>Lets each question take no time from now on.</summary>
        public Task HurryAsync() => _database.ExecuteAsync("update hubspot.pace set seconds = 0");

        public Task<string> ReadAsync(string file) => File.ReadAllTextAsync(_folder.File(file));

        public async ValueTask DisposeAsync()
        {
            _folder.Dispose();
            await _database.DisposeAsync();
        }
    }
}
