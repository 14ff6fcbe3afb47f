using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Recon.Testing;

namespace Recon.ObjectStorage.Tests.Npm;

/// <summary>
/// A storage server that runs on Node, on a free port of loopback. Its packages are pinned by the lock file beside this one, and
/// installed once into artifacts/npm.
/// </summary>
internal sealed partial class NpmServer : IAsyncDisposable
{
    private static readonly SemaphoreSlim s_installing = new(1);

    private readonly Process _process;
    private readonly DirectoryInfo _data;
    private readonly Task _reading;
    private readonly TaskCompletionSource<string> _base = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NpmServer(Process process, DirectoryInfo data)
    {
        (_process, _data) = (process, data);
        _reading = ReadAsync();
    }

    /// <summary>Where it listens, as <c>http://127.0.0.1:PORT</c>.</summary>
    public string Base { get; private set; } = "";

    /// <summary>Starts a server.</summary>
    /// <param name="script">Its program, in the folder of packages.</param>
    /// <param name="arguments">Its arguments, for a folder of data.</param>
    public static async Task<NpmServer> StartAsync(string script, Func<string, string[]> arguments, Dictionary<string, string>? environment = null)
    {
        string packages = await InstalledAsync();
        DirectoryInfo data = Directory.CreateTempSubdirectory("recon-storage-");
        ProcessStartInfo start = StartOf("node", packages, [Path.Combine("node_modules", script), .. arguments(data.FullName)]);
        foreach ((string name, string value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        NpmServer server = new(Process.Start(start)!, data);
        server.Base = "http://" + await server._base.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private async Task ReadAsync()
    {
        Task<string> error = _process.StandardError.ReadToEndAsync();
        List<string> said = [];
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (Listens().Match(line) is { Success: true } address)
            {
                _base.TrySetResult(address.Groups[1].Value);
            }
        }

        _base.TrySetException(new InvalidOperationException($"The server did not start: {string.Join('\n', said)}\n{await error}"));
    }

    private static async Task<string> InstalledAsync()
    {
        string source = Path.Combine(Repository.Root, "tests", "Recon.ObjectStorage.Tests", "Npm");
        byte[] locked = await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"), TestContext.Current.CancellationToken);
        string folder = Path.Combine(Repository.Root, "artifacts", "npm", Convert.ToHexStringLower(SHA256.HashData(locked))[..12]);
        await s_installing.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            foreach (string program in (string[])["node", "npm"])
            {
                if (await RunAsync(program, Repository.Root, "--version") is not { ExitCode: 0 })
                {
                    Assert.Skip($"{program}, which runs the storage servers, is not installed.");
                }
            }

            if (!Directory.Exists(folder))
            {
                await InstallAsync(source, folder);
            }
        }
        finally
        {
            s_installing.Release();
        }

        return folder;
    }

    private static async Task InstallAsync(string source, string folder)
    {
        string work = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(work);
        try
        {
            foreach (string file in (string[])["package.json", "package-lock.json"])
            {
                File.Copy(Path.Combine(source, file), Path.Combine(work, file));
            }

            var installed = await RunAsync("npm", work, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--fetch-retries=3", "--fetch-timeout=60000");
            if (installed is not { ExitCode: 0 })
            {
                // Where everything is to be tested, nothing is left out.
                Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") is null or "", $"npm cannot install the storage servers: {installed?.Output}");
                Assert.Fail($"npm cannot install the storage servers: {installed?.Output}");
            }

            try
            {
                Directory.Move(work, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                // Another process was faster with the same content.
            }
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }
    }

    private static async Task<(int ExitCode, string Output)?> RunAsync(string program, string folder, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(StartOf(program, folder, arguments))!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            string error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return (process.ExitCode, await output + error);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static ProcessStartInfo StartOf(string program, string folder, string[] arguments)
        => new(OperatingSystem.IsWindows() && program == "npm" ? "cmd.exe" : program, OperatingSystem.IsWindows() && program == "npm" ? ["/c", "npm", .. arguments] : arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    [GeneratedRegex("listen\\w* on (?:http://)?(127\\.0\\.0\\.1:[1-9][0-9]*)")]
    private static partial Regex Listens();
}
