using System.Text.Json;
using Npgsql;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>recon as a process: signals, standard streams, metrics.</summary>
public sealed class ProcessTests(PostgresServer server)
{
    private const int SigInt = 2;
    private const int SigTerm = 15;

    [Theory]
    [InlineData(SigInt, 130)]
    [InlineData(SigTerm, 143)]
    public async Task Signal_First_CommitsFlushesAndLeavesAResumableRun(int signal, int exitCode)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = await LargeSample.CreateAsync();
        await using CliProcess process = Start(folder.Path, database, "run", "communications", "--json", "--metrics", "console");
        await using (await LargeSample.HoldAsync(database))
        {
            process.Signal(signal);
            await process.WaitForErrorAsync("Stopping");
        }

        CliRun run = await process.EndAsync();

        long ledger = await database.QueryValueAsync<long>("select sum(read)::bigint from staging.reconciliation_ledger");
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains("\"outcome\": \"cancelled\"", run.Out, StringComparison.Ordinal);
        Assert.Contains($"\"read\": {ledger}", run.Out, StringComparison.Ordinal);
        Assert.Contains("--resume", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Split("recon.records.read ").Length);

        await using CliProcess resumed = Start(folder.Path, database, "run", "communications", "--resume");
        Assert.Equal(0, (await resumed.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Signal_Second_AbortsAndLeavesAResumableRun()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = await LargeSample.CreateAsync();
        await using CliProcess process = Start(folder.Path, database, "run", "communications");
        await using NpgsqlConnection hold = await LargeSample.HoldAsync(database);

        process.Signal(SigInt);
        process.Signal(SigInt);
        CliRun run = await process.EndAsync();

        Assert.Equal(130, run.ExitCode);
        Assert.Equal(1, await database.QueryValueAsync<long>(
            "select count(*) from staging.reconciliation_log where outcome = 'cancelled' and attempt_table is not null"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9000)]
    public async Task Signal_WhileStandardInputIsSilent_EndsWithoutASecondOne(int lines)
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        await using CliProcess process = Start(folder.Path, database, "run", "communications", "--input", "-");
        string[] sample = await File.ReadAllLinesAsync(Repository.Shipped("Bronze_Communication.csv"), TestContext.Current.CancellationToken);
        await process.TypeAsync(string.Concat(sample.Take(lines).Select(line => line + "\n")));
        await (lines == 0 ? ConnectedAsync(database) : LargeSample.FirstBatchAsync(database));

        process.Signal(SigTerm);
        CliRun run = await process.EndAsync();

        Assert.Equal(143, run.ExitCode);
        Assert.DoesNotContain("Stopping now", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_WhatIsInFlightTakesTooLong_EndsWithoutASecondOneAndLeavesAResumableRun()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = await LargeSample.CreateAsync();
        await using CliProcess process = Start(folder.Path, database, "run", "communications");
        CliRun run;
        await using (await LargeSample.HoldAsync(database))
        {
            process.Signal(SigTerm);
            run = await process.EndAsync();
        }

        Assert.Equal(143, run.ExitCode);
        Assert.Contains("take too long", run.Error, StringComparison.Ordinal);
        await using CliProcess resumed = Start(folder.Path, database, "run", "communications", "--resume");
        Assert.Equal(0, (await resumed.EndAsync()).ExitCode);
    }

    [Theory]
    [InlineData("--input", "Standard input is closed. Pipe the export into recon")]
    [InlineData("--ids-file", "--ids-file - reads standard input, which is closed")]
    public async Task Input_Closed_IsRefused(string option, string message)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell that closes streams");
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using CliProcess process = CliProcess.StartInShell(
            Repository.Root, "<&-", "run", "companies", option, "-", "--postgres", database.ConnectionString);

        CliRun run = await process.EndAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(">&-", 2)]
    [InlineData("2>&-", 0)]
    public async Task Output_Closed_IsRefusedAndClosedErrorIsNot(string redirection, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell that closes streams");
        await using CliProcess process = CliProcess.StartInShell(Repository.Root, redirection, "graph", "companies");

        CliRun run = await process.EndAsync();

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Equal(exitCode == 0, run.Out.Contains("flowchart", StringComparison.Ordinal));
        Assert.Equal(exitCode != 0, run.Error.Contains("Standard output is closed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"$@\" >/dev/full; echo exit code $? >&2")]
    [InlineData("{ \"$@\"; echo exit code $? >&2; } | true")]
    public async Task Output_TakesNothing_ARunIsDoneAllTheSameAndTellsIt(string script)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using CliProcess process = CliProcess.StartScript(
            Repository.Root, script, "run", "companies", "--json", "--postgres", database.ConnectionString);

        CliRun run = await process.EndAsync();

        Assert.Contains("exit code 0\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("Standard output did not take all of the result: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("What the command did is done.", run.Error, StringComparison.Ordinal);
        Assert.NotEqual(0, await database.QueryValueAsync<long>("select count(*) from staging.companies_reconciliation"));
    }

    [Fact]
    public async Task Output_IsFull_WhatOnlyPrintsHasFailed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        await using CliProcess process = CliProcess.StartScript(
            Repository.Root, "\"$@\" >/dev/full; echo exit code $? >&2", "graph", "companies");

        CliRun run = await process.EndAsync();

        Assert.Contains("exit code 4\n", run.Error, StringComparison.Ordinal);
        Assert.Contains("Standard output did not take all of the result: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_ReaderLeavesEarly_WhatOnlyPrintsEndsWell()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs a shell");
        await using CliProcess process = CliProcess.StartScript(
            Repository.Root, "{ \"$@\"; echo exit code $? >&2; } | true", "graph", "companies");

        Assert.Equal("exit code 0\n", (await process.EndAsync()).Error);
    }

    [Fact]
    public async Task Error_IsFull_ARunIsDoneAllTheSame()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs /dev/full");
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using CliProcess process = CliProcess.StartInShell(
            Repository.Root, "2>/dev/full", "run", "companies", "--json", "--postgres", database.ConnectionString);

        CliRun run = await process.EndAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("\"outcome\": \"completed\"", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_Console_GoToStandardErrorOnce()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        await using CliProcess process = Start(Repository.Root, database, "run", "companies", "--json", "--metrics", "console");

        CliRun run = await process.EndAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("{", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("recon.records.read", run.Out, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Split("recon.records.read ").Length);
        Assert.DoesNotContain("dotnet.", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_AddressOfTheCollectorIsNone_IsRefused()
    {
        await using CliProcess process = CliProcess.Start(
            Repository.Root, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector" }, ["run", "companies", "--metrics", "otlp"]);

        CliRun run = await process.EndAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT is 'collector', which is not a collector address", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MetricsFile_OfTwoRuns_HasADocumentALineAndKeepsTheFirst()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        string file = folder.File("metrics.jsonl");
        List<string[]> written = [];
        for (int run = 0; run < 2; run++)
        {
            await using CliProcess process = Start(folder.Path, database, "run", "companies", "--metrics-file", file);
            Assert.Equal(0, (await process.EndAsync()).ExitCode);
            written.Add(await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken));
        }

        Assert.InRange(written[1].Length, 4, 20);
        Assert.Equal(written[0], written[1].Take(written[0].Length));
        Assert.True(written[1].Length > written[0].Length, "The second run wrote nothing.");

        // A process that takes its time to end writes its last figures once more.
        Assert.All(written, lines => Assert.Contains(JsonDocument.Parse(lines[^1]).RootElement.GetProperty("metrics").EnumerateArray(), metric =>
            metric.GetProperty("name").GetString() == "recon.run.duration"
            && metric.GetProperty("attributes").GetProperty("outcome").GetString() == "completed"
            && metric.GetProperty("count").GetInt64() == 1));
    }

    [Theory]
    [InlineData("pipeline.json", "would write to the definition")]
    [InlineData("bronze_layer/Bronze_Company.csv", "would write to the input of 'companies'")]
    [InlineData("notes.txt", "does not begin as metrics do")]
    public async Task MetricsFile_OfSomethingElse_IsRefusedAndUntouched(string name, string message)
    {
        using TempFolder folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        await File.WriteAllTextAsync(folder.File("notes.txt"), "mine", TestContext.Current.CancellationToken);
        string before = await File.ReadAllTextAsync(folder.File(name), TestContext.Current.CancellationToken);
        await using CliProcess process = CliProcess.Start(folder.Path, [], ["run", "companies", "--metrics-file", folder.File(name)]);

        CliRun run = await process.EndAsync();

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllTextAsync(folder.File(name), TestContext.Current.CancellationToken));
    }

    private static CliProcess Start(string folder, TestDatabase database, params string[] args)
        => CliProcess.Start(folder, [], [.. args, "--postgres", database.ConnectionString]);

    // The input is opened after the first connection.
    private static Task ConnectedAsync(TestDatabase database) => Until.TrueAsync(
        "the first connection",
        async () => await database.QueryValueAsync<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()") > 0,
        TestContext.Current.CancellationToken);
}
