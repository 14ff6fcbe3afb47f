using System.Text.Json;
using Recon.Cli.Tests.Support;
using Recon.Dataflow.Definition;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary><c>recon tune</c> on the shipped sample, from outside.</summary>
public sealed class TuneCommandTests(PostgresServer server) : IAsyncLifetime
{
    private const string ContentSql = """
        select md5(coalesce((select string_agg(t::text, '|' order by t::text) from staging.communications_reconciliation t), '')
            || coalesce((select string_agg(t::text, '|' order by t::text) from staging.reconciliation_log t), '')
            || coalesce((select string_agg(t::text, '|' order by t::text) from staging.reconciliation_ledger t), '')
            || coalesce((select string_agg(t::text, '|' order by t::text) from staging.reconciliation_rejects t), '')
            || (select string_agg(relname, '|' order by relname) from pg_class where relnamespace = 'staging'::regnamespace))
        """;

    private TestDatabase _database = null!;
    private TempFolder _folder = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await DemoDatabase.CreateAsync(server);
        _folder = TempFolder.WithDefinition();
        _folder.AddBronze("Bronze_Communication.csv");
        _folder.AddBronze("Bronze_Company.csv");
    }

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Tune_Sample_ShowsTablesBarsBottleneckAndStagesNothing()
    {
        Assert.Equal(0, (await ReconAsync("run", "communications")).ExitCode);
        string? before = await _database.QueryValueAsync<string>(ContentSql);

        CliRun tune = await ReconAsync("tune", "communications", "--rows", "2500", "--repeat", "3");

        Assert.Equal(0, tune.ExitCode);
        foreach (string part in (string[])["batch: rows\n", "lookup: parallelism\n", "stage: writers\n", "lookup: strategy\n", "records/s", "█", "\nBottleneck: ", "\nRecommended"])
        {
            Assert.Contains(part, tune.Out, StringComparison.Ordinal);
        }

        Assert.DoesNotContain('\u001b', tune.Out);
        Assert.Contains("communications: warming up.", tune.Error, StringComparison.Ordinal);
        Assert.Equal(before, await _database.QueryValueAsync<string>(ContentSql));
    }

    // What is recommended depends on the machine and its load; that the file says it, does not.
    [Fact]
    public async Task Tune_JsonAndWrite_IsOneDocumentWithEveryTrialAndTheDefinitionFollowsIt()
    {
        string path = _folder.File("pipeline.json");
        string before = await File.ReadAllTextAsync(path);

        CliRun tune = await ReconAsync("tune", "communications", "--rows", "2500", "--repeat", "3", "--write", "--json", "--quiet");

        Assert.Equal("", tune.Error);
        using JsonDocument document = JsonDocument.Parse(tune.Out);
        JsonElement root = document.RootElement;
        Assert.Equal("communications", root.GetProperty("pipeline").GetString());
        Assert.Equal(2500, root.GetProperty("records").GetInt64());
        Assert.InRange(root.GetProperty("whole_records").GetInt64(), 9_000, 11_000);
        Assert.NotEmpty(root.GetProperty("bottleneck").GetProperty("side").GetString()!);
        JsonElement[] candidates = [.. root.GetProperty("rounds").EnumerateArray().SelectMany(round => round.GetProperty("candidates").EnumerateArray())];
        Assert.All(
            candidates.Where(candidate => candidate.GetProperty("verdict").GetString() is not ("same" or "refused")),
            candidate => Assert.Equal(3, candidate.GetProperty("trials").GetArrayLength()));

        JsonElement recommended = root.GetProperty("recommended");
        ValidPipeline after = DefinitionReader.Read(path).Definition!.Pipelines.Single(pipeline => pipeline.Name == "communications");
        Assert.Equal(root.GetProperty("written").GetBoolean(), before != await File.ReadAllTextAsync(path));
        Assert.Equal(recommended.GetProperty("batch_rows").GetInt32(), after.Batch.Rows);
        Assert.Equal(recommended.GetProperty("writers").GetInt32(), after.Stage.Writers);
    }

    [Fact]
    public async Task Tune_TooFewRecords_IsRefused()
    {
        CliRun tune = await ReconAsync("tune", "companies");

        Assert.Equal(2, tune.ExitCode);
        Assert.Contains("has 300 records to read; with fewer than 2000", tune.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("warming up", tune.Error, StringComparison.Ordinal);
        Assert.Equal("", tune.Out);
    }

    [Theory]
    [InlineData("Did you mean 'communications'?", "comunications")]
    [InlineData("standard input", "communications", "--input", "-")]
    [InlineData("--rows takes", "communications", "--rows", "1999")]
    [InlineData("--repeat takes", "communications", "--repeat", "2")]
    public async Task Tune_WhatCannotBe_IsRefused(string message, params string[] args)
    {
        CliRun tune = await ReconAsync(["tune", .. args]);

        Assert.Equal(2, tune.ExitCode);
        Assert.Contains(message, tune.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    public async Task Tune_Signal_EndsWithItsCodeAndLeavesNothing(int signal, int exitCode)
    {
        Assert.Equal(0, (await ReconAsync("run", "communications")).ExitCode);
        string? before = await _database.QueryValueAsync<string>(ContentSql);
        await using CliProcess process = Start();
        await process.WaitForErrorAsync("rows of a batch");

        process.Signal(signal);
        CliRun tune = await process.EndAsync();

        Assert.Equal(exitCode, tune.ExitCode);
        Assert.Equal("", tune.Out);
        Assert.Equal(before, await _database.QueryValueAsync<string>(ContentSql));
    }

    [Fact]
    public async Task Tune_Killed_ClearAttemptsSweepsWhatIsLeft()
    {
        Assert.Equal(0, (await ReconAsync("run", "communications")).ExitCode);
        const string Tables = "select string_agg(relname, ' ' order by relname) from pg_class where relnamespace = 'staging'::regnamespace";
        string? before = await _database.QueryValueAsync<string>(Tables);
        await using CliProcess process = Start();
        await process.WaitForErrorAsync("rows of a batch");
        process.Signal(9);
        await process.EndAsync();
        Assert.NotEqual(before, await _database.QueryValueAsync<string>(Tables));

        CliRun clear = await ReconAsync("clear", "communications", "--attempts", "--yes");

        Assert.Equal("communications: 1 unfinished run discarded.\n", clear.Out);
        Assert.Equal(before, await _database.QueryValueAsync<string>(Tables));
        Assert.Equal(0, await _database.QueryValueAsync<long>(
            "select count(*) from staging.reconciliation_ledger where run_id in (select run_id from staging.reconciliation_log where outcome <> 'completed')"));
    }

    private CliProcess Start() => CliProcess.Start(
        _folder.Path, new() { ["RECON_POSTGRES"] = _database.ConnectionString }, "tune", "communications");

    private Task<CliRun> ReconAsync(params string[] args)
        => CliRun.OfAsync([.. args, "--definition", _folder.File("pipeline.json"), "--postgres", _database.ConnectionString]);
}
