using System.Text.Json;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Samples;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The embedded server with its demo mirror, in a folder of its own.</summary>
public sealed class EmbeddedDemoTests(PostgresServer server)
{
    private const int SigInt = 2;
    private const int SigKill = 9;

    [Fact]
    public async Task Run_KilledWhileLoadingTheMirror_IsRepairedByTheNext()
    {
        using TempFolder folder = Folder();
        await using (CliProcess killed = CliProcess.Start(folder.Path, [], "run", "companies"))
        {
            await killed.WaitForErrorAsync("First use: loading the demo HubSpot mirror");
            killed.Signal(SigKill);
            await killed.EndAsync();
        }

        await using CliProcess process = CliProcess.Start(folder.Path, [], "run", "companies", "--fresh", "--json");
        CliRun run = await process.EndAsync();

        Assert.True(run.ExitCode == 0, run.Error);
        using JsonDocument document = JsonDocument.Parse(run.Out);
        Assert.Equal(255, document.RootElement.GetProperty("runs")[0].GetProperty("matched").GetInt64());
    }

    [Fact]
    public async Task Server_PrintsAPsqlCommandThatWorksWithoutShowingThePassword()
    {
        using TempFolder folder = Folder();
        await using CliProcess process = CliProcess.Start(folder.Path, [], "server", "--json");
        await process.WaitForErrorAsync("The embedded PostgreSQL runs until Ctrl-C.");

        process.Signal(SigInt);
        CliRun run = await process.EndAsync();

        using JsonDocument document = JsonDocument.Parse(run.Out);
        string command = document.RootElement.GetProperty("psql").GetString()!;
        string file = command["PGPASSFILE=".Length..command.IndexOf(' ', StringComparison.Ordinal)];
        string password = (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).Trim().Split(':')[^1];
        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith("until Ctrl-C.\nStopping the embedded PostgreSQL.\n", run.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            $" psql -h 127.0.0.1 -p {document.RootElement.GetProperty("port").GetInt32()} -U postgres -d postgres", command, StringComparison.Ordinal);
        Assert.DoesNotContain(password, run.Out + run.Error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task DemoMirror_CancelledInTheMiddle_LeavesNothing()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        using var cancelled = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => DemoMirror.EnsureAsync(source, _ => cancelled.Cancel(), cancelled.Token));

        Assert.False(await database.QueryValueAsync<bool>("select to_regnamespace('hubspot') is not null"));
    }

    [Fact]
    public async Task DemoMirror_TwoAtOnce_LoadOnce()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        int loads = 0;

        await Task.WhenAll(Enumerable.Range(0, 3).Select(
            _ => DemoMirror.EnsureAsync(source, _ => Interlocked.Increment(ref loads), TestContext.Current.CancellationToken)));

        SampleFacts facts = await new SampleGenerator(SampleOptions.Demo).CountAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, loads);
        Assert.Equal(facts["communications"].MirrorRows, await database.QueryValueAsync<long>("select count(*) from hubspot.engagements"));
    }

    private static TempFolder Folder()
    {
        var folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        return folder;
    }
}
