using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Recon.Postgres.Embedded;

/// <summary>
/// Creates, starts, joins and stops the server of one folder through <c>initdb</c> and <c>pg_ctl</c>. The caller holds
/// the folder's start lock.
/// </summary>
internal sealed class ServerControl(ServerHome home, PostgresBinaries binaries, ServiceAccount account, EmbeddedPostgresOptions options)
{
    private const string User = "postgres";
    private const int Attempts = 5;
    private static readonly TimeSpan s_rivalPause = TimeSpan.FromMilliseconds(500);

    // What PostgreSQL says, in the language that ToolProcess asks for, when another server has the data.
    private static readonly string[] s_rivals = ["\"postmaster.pid\" already exists", "shared memory block"];
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(10);

    /// <summary>The postmaster's process id; <see langword="null"/> when no server runs.</summary>
    public int? ProcessId => PostmasterFile.LivingProcess(home.Data);

    public string ConnectionString(ServerInfo info) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = info.Port,
        Database = "postgres",
        Username = User,
        Password = File.ReadAllText(home.Password),
        SslMode = SslMode.Disable,
        ApplicationName = "recon",
    }.ConnectionString;

    public IReadOnlyList<string> StopCommand(string mode) => account.Command(
        binaries.Program("pg_ctl"), "stop", "-D", home.Data, "-m", mode, "-w", "-s", "-t",
        s_stopTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));

    /// <summary>The server that runs already, if it answers; whatever runs but does not answer is stopped.</summary>
    public async Task<ServerInfo?> JoinAsync(CancellationToken cancellationToken)
    {
        if (ProcessId is null)
        {
            return null;
        }

        if (ServerInfo.TryRead(home.Info) is { } info && File.Exists(home.Password) && await AnswersAsync(info, cancellationToken))
        {
            return info;
        }

        // A server that was left behind in mid-start, or hangs: nobody can be using it.
        await StopAsync();
        return null;
    }

    /// <summary>Starts a server that does not run, making its data first if there is none.</summary>
    public async Task<ServerInfo> StartAsync(CancellationToken cancellationToken)
    {
        await CheckOrCreateDataAsync(cancellationToken);
        PostmasterFile.DisownStale(home.Data);
        File.Delete(home.Info);
        for (int attempt = 1; ; attempt++)
        {
            int port = FreePort();
            ToolResult result = await RunStartAsync(port, cancellationToken);
            if (result.Succeeded)
            {
                var info = new ServerInfo(port, binaries.BinDirectory, binaries.Version);
                info.Write(home.Info);
                return info;
            }

            string log = LogTail();
            bool portTaken = log.Contains("could not bind", StringComparison.Ordinal);
            bool hasRival = s_rivals.Any(sign => log.Contains(sign, StringComparison.Ordinal));
            if (!(portTaken || hasRival) || attempt == Attempts)
            {
                throw new EmbeddedPostgresException(
                    $"The embedded PostgreSQL {binaries.Version} in {home.Data} did not start: {result.Tail} {log} The whole log: {home.Log}. "
                    + "If the data is damaged and can be made again, delete the folder.");
            }

            if (hasRival)
            {
                // A process was killed while it started the server, and its pg_ctl did so after all: nobody uses that one.
                await Task.Delay(s_rivalPause, options.Clock, cancellationToken);
                await StopAsync();
            }
        }
    }

    /// <summary>Stops the server: fast, then immediately. No error when none runs.</summary>
    public async Task StopAsync()
    {
        if (ProcessId is null)
        {
            return;
        }

        TimeSpan limit = s_stopTimeout + TimeSpan.FromSeconds(5);
        ToolResult result = await ToolProcess.RunAsync(StopCommand("fast"), limit, CancellationToken.None);
        if (!result.Succeeded && ProcessId is not null)
        {
            await ToolProcess.RunAsync(StopCommand("immediate"), limit, CancellationToken.None);
        }

        File.Delete(home.Info);
    }

    private async Task<bool> AnswersAsync(ServerInfo info, CancellationToken cancellationToken)
    {
        var probe = new NpgsqlConnectionStringBuilder(ConnectionString(info)) { Pooling = false, Timeout = 2 };
        long start = options.Clock.GetTimestamp();
        do
        {
            try
            {
                await using var connection = new NpgsqlConnection(probe.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand("select current_setting('data_directory')", connection);
                string? directory = (string?)await command.ExecuteScalarAsync(cancellationToken);
                return directory is not null && Path.GetFullPath(directory) == Path.GetFullPath(home.Data);
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.CannotConnectNow)
            {
                // Starting up or recovering: worth the wait.
                await Task.Delay(TimeSpan.FromMilliseconds(100), options.Clock, cancellationToken);
            }
            catch (NpgsqlException)
            {
                return false;
            }
        }
        while (options.Clock.GetElapsedTime(start) < options.StartTimeout);
        return false;
    }

    private async Task CheckOrCreateDataAsync(CancellationToken cancellationToken)
    {
        home.DeleteUnfinished();
        string versionFile = Path.Combine(home.Data, "PG_VERSION");
        if (!File.Exists(versionFile))
        {
            if (Directory.Exists(home.Data) && Directory.EnumerateFileSystemEntries(home.Data).Any())
            {
                throw new EmbeddedPostgresException(
                    $"{home.Data} is not empty and holds no PostgreSQL data (no PG_VERSION). Delete it, or use another folder.");
            }

            await CreateDataAsync(cancellationToken);
            return;
        }

        string found = (await File.ReadAllTextAsync(versionFile, cancellationToken)).Trim();
        if (found != binaries.MajorVersion)
        {
            throw new EmbeddedPostgresException(
                $"The data in {home.Data} was made by PostgreSQL {found}, but {binaries.BinDirectory} is version {binaries.Version}. "
                + $"Point RECON_PG_BIN to the programs of version {found}, or delete {home.Root} to start over (what it holds is lost).");
        }

        if (!File.Exists(home.Password))
        {
            throw new EmbeddedPostgresException(
                $"The password of the data in {home.Data} is gone ({home.Password} is missing). Delete {home.Root} to start over (what it holds is lost).");
        }
    }

    private async Task CreateDataAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(home.Data))
        {
            Directory.Delete(home.Data);
        }

        ServerHome.WriteSecret(home.Password, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        await account.OwnAsync(home.Password, cancellationToken);
        List<string> initdb =
        [
            binaries.Program("initdb"), "-D", home.NewData, "-U", User, "--pwfile", home.Password,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale", "--no-instructions",
        ];
        if (binaries.HasCostlyDefaults)
        {
            initdb.Add("--no-data-checksums");
        }

        if (options.Unsafe)
        {
            initdb.Add("--no-sync");
        }

        ToolResult result = await account.RunAsync(options.StartTimeout, cancellationToken, initdb);
        if (!result.Succeeded)
        {
            throw new EmbeddedPostgresException(
                $"initdb of {binaries.BinDirectory} (version {binaries.Version}) could not make {home.NewData}: {result.Tail}");
        }

        Directory.Move(home.NewData, home.Data);
    }

    private Task<ToolResult> RunStartAsync(int port, CancellationToken cancellationToken)
    {
        string settings = string.Join(' ', ServerSettings.For(port, options, binaries).Select(setting => $"-c {setting.Key}={setting.Value}"));
        if (File.Exists(home.Log) && new FileInfo(home.Log).Length > 1 << 20)
        {
            File.Move(home.Log, home.Log + ".1", overwrite: true);
        }

        // pg_ctl detaches the server from this process's group: an interrupt from the terminal reaches recon only.
        return account.RunAsync(
            options.StartTimeout + TimeSpan.FromSeconds(5),
            cancellationToken,
            binaries.Program("pg_ctl"), "start", "-D", home.Data, "-l", home.Log, "-w", "-s", "-t",
            options.StartTimeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture), "-o", settings);
    }

    private string LogTail()
    {
        try
        {
            return string.Join(" | ", File.ReadLines(home.Log).TakeLast(4));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
