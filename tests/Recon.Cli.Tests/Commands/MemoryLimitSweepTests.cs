using System.Globalization;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

/// <summary>The recon executable in a control group with less and less memory: it gets by, or is killed and then resumed.</summary>
public sealed class MemoryLimitSweepTests(PostgresServer server, ITestOutputHelper output)
{
    private const int EnoughMegabytes = 256;
    private const int Killed = 137;

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Recon_KilledForWantOfMemory_IsResumedExactly()
    {
        string? root = MemoryGroup.Root;
        Assert.SkipWhen(root is null, "Control groups for memory cannot be made here (they need root on Linux).");
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = PublishedContent.SmallBatches();
        CliRun enough = await RunAsync(folder, database, root, EnoughMegabytes, "--fresh");
        Assert.True(enough.ExitCode == 0, enough.Error);
        string golden = await PublishedContent.ReadAsync(database);
        int inMidRun = 0;

        for (int megabytes = 60; megabytes >= 36; megabytes -= 8)
        {
            await database.ExecuteAsync("drop schema staging cascade");
            CliRun limited = await RunAsync(folder, database, root, megabytes);
            string what = string.Create(CultureInfo.InvariantCulture, $"{megabytes} MB: exit {limited.ExitCode}");
            Assert.True(limited.ExitCode is 0 or Killed, $"{what}\n{limited.Error}");
            long committed = await CommittedAsync(database);
            inMidRun += limited.ExitCode == Killed && committed > 0 ? 1 : 0;
            output.WriteLine($"{what}, {committed} batches committed");

            CliRun resumed = await RunAsync(folder, database, root, EnoughMegabytes, "--resume");
            Assert.True(resumed.ExitCode == 0, $"{what}, resumed:\n{resumed.Error}");
            await PublishedContent.RequireAsync(database, golden, what);
        }

        Assert.True(inMidRun > 0, "No run was killed after it had committed something.");
    }

    private static async Task<long> CommittedAsync(TestDatabase database)
        => await database.QueryValueAsync<string>("select to_regclass('staging.reconciliation_ledger')::text") is null
            ? 0
            : await database.QueryValueAsync<long>("select count(*) from staging.reconciliation_ledger");

    private static async Task<CliRun> RunAsync(TempFolder folder, TestDatabase database, string root, int megabytes, params string[] options)
    {
        using var group = new MemoryGroup(root, megabytes);
        await using CliProcess process = CliProcess.StartWith(
            folder.Path,
            $"echo $$ > {group.Members}",
            ["run", .. PublishedContent.Pipelines, .. options, "--postgres", database.ConnectionString]);
        return await process.EndAsync();
    }
}

/// <summary>A control group with a limit of memory.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _folder;

    public MemoryGroup(string root, int megabytes)
    {
        _folder = Path.Combine(root, "recon-test-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(_folder);
        string limit = File.Exists(Path.Combine(_folder, "memory.max")) ? "memory.max" : "memory.limit_in_bytes";
        File.WriteAllText(Path.Combine(_folder, limit), (megabytes * 1024L * 1024).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Where groups of either version can be made; null for nowhere.</summary>
    public static string? Root { get; } = new[] { "/sys/fs/cgroup/memory", "/sys/fs/cgroup" }.FirstOrDefault(CanHold);

    /// <summary>The file that takes the processes of the group.</summary>
    public string Members => Path.Combine(_folder, "cgroup.procs");

    public void Dispose() => Directory.Delete(_folder);

    private static bool CanHold(string root)
    {
        string folder = Path.Combine(root, "recon-test-" + Guid.NewGuid().ToString("N"));
        try
        {
            if (!File.Exists(Path.Combine(root, "cgroup.procs")))
            {
                return false;
            }

            Directory.CreateDirectory(folder);
            bool holds = File.Exists(Path.Combine(folder, "memory.max")) || File.Exists(Path.Combine(folder, "memory.limit_in_bytes"));
            Directory.Delete(folder);
            return holds;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
