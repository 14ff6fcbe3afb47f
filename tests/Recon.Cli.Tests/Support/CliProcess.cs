using System.Diagnostics;
using System.Globalization;
using System.Text;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>recon as a process of its own: for signals, kills and standard streams.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    private static readonly string[] s_known = ["RECON_", "PG", "OTEL_", "NO_COLOR", "TERM"];

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly Lock _gate = new();
    private readonly StringBuilder _output = new();
    private readonly Task _reading;

    private CliProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadOutputAsync(), ReadErrorAsync());
    }

    public bool HasExited => _process.HasExited;

    /// <summary>What standard error holds so far.</summary>
    public string ErrorSoFar
    {
        get
        {
            lock (_gate)
            {
                return _error.ToString();
            }
        }
    }

    /// <summary>What standard output holds so far.</summary>
    public string OutputSoFar
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts recon.</summary>
    /// <param name="folder">The current folder.</param>
    /// <param name="environment">Variables, beside those of this process.</param>
    /// <param name="args">The arguments.</param>
    public static CliProcess Start(string folder, Dictionary<string, string> environment, params string[] args)
        => Start(folder, environment, Program, args);

    /// <summary>Starts recon as the build leaves it, whatever these tests are about: the native executable has no workers.</summary>
    public static CliProcess StartBuilt(string folder, params string[] args) => Start(folder, [], Built, args);

    /// <summary>Starts recon from a shell.</summary>
    /// <param name="redirections">What the shell does to its streams, such as <c>&lt;&amp;-</c>.</param>
    public static CliProcess StartInShell(
        string folder, string redirections, params string[] args)
        => Start(folder, [], "/bin/sh", ["-c", $"exec \"$0\" \"$@\" {redirections}", Program, .. args]);

    /// <summary>Starts recon from a shell that does something before.</summary>
    /// <param name="before">A command of the shell, whose process becomes recon's.</param>
    public static CliProcess StartWith(string folder, string before, params string[] args)
        => Start(folder, [], "/bin/sh", ["-c", $"{before} && exec \"$0\" \"$@\"", Program, .. args]);

    /// <summary>Starts a shell script in which <c>"$@"</c> runs recon.</summary>
    public static CliProcess StartScript(string folder, string script, params string[] args)
        => Start(folder, [], "/bin/sh", ["-c", script, "sh", Program, .. args]);

    /// <summary>The executable that RECON_EXECUTABLE names, through which all tests of the command line then go; else <see langword="null"/>.</summary>
    public static string? Named { get; } = Environment.GetEnvironmentVariable("RECON_EXECUTABLE") is { Length: > 0 } path ? path : null;

    /// <summary>The program that users start, as the build leaves it beside the tests.</summary>
    public static string Built { get; } = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "recon.exe" : "recon");

    /// <summary>What these tests are about.</summary>
    public static string Program => Named ?? Built;

    /// <summary>Runs recon to its end, in an environment without variables that it or its exporters read, and without input.</summary>
    public static async Task<CliRun> RunAsync(Dictionary<string, string> environment, string program, params string[] args)
    {
        await using CliProcess process = Start(Environment.CurrentDirectory, environment, program, args, isBare: true);
        process._process.StandardInput.Close();
        await using CancellationTokenRegistration kill = TestContext.Current.CancellationToken.Register(process.Kill);
        return await process.EndAsync();
    }

    private static CliProcess Start(string folder, Dictionary<string, string> environment, string program, string[] args, bool isBare = false)
    {
        var start = new ProcessStartInfo(program, args)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] known = [.. start.Environment.Keys.Where(name => isBare ? s_known.Any(name.StartsWith) : name is "RECON_POSTGRES" or "PGHOST")];
        foreach (string name in known)
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new CliProcess(Process.Start(start)!);
    }

    /// <summary>The processes that it has started, and that are there; on Linux only.</summary>
    public IReadOnlyList<int> Children()
        =>
        [
            .. Directory.GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/task"))
                .SelectMany(thread => File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(id => int.Parse(id, CultureInfo.InvariantCulture)),
        ];

    /// <summary>Whether it has loaded an assembly; on Linux only.</summary>
    /// <param name="name">How its file's name begins.</param>
    public bool HasLoaded(string name)
        => File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/maps"))
            .Any(line => line.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(line).StartsWith(name, StringComparison.Ordinal));

    /// <summary>Sends a signal: 2 is SIGINT, 15 SIGTERM, 9 SIGKILL.</summary>
    /// <param name="signal">Its number.</param>
    public void Signal(int signal) => Assert.Equal(0, Signal(signal, _process.Id));

    /// <summary>Sends a signal to any process.</summary>
    /// <returns>0, or something else when there is no such process.</returns>
    public static int Signal(int signal, int process)
    {
        Assert.True(process > 1, "0 would be this process and all that belong to it.");
        using Process kill = Process.Start("kill", string.Create(CultureInfo.InvariantCulture, $"-{signal} {process}"));
        kill.WaitForExit();
        return kill.ExitCode;
    }

    /// <summary>Kills the process as SIGKILL does.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }

    /// <summary>Writes to its standard input, which stays open.</summary>
    /// <param name="text">The text.</param>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits for a text on standard error.</summary>
    /// <param name="text">The text.</param>
    public async Task WaitForErrorAsync(string text)
        => await Until.TrueAsync(
            () => $"\"{text}\" in: {ErrorSoFar}",
            () => Task.FromResult(ErrorSoFar.Contains(text, StringComparison.Ordinal) || HasExited),
            TestContext.Current.CancellationToken);

    /// <summary>Waits for the end, and tells the most memory that it had; on Linux only.</summary>
    public async Task<long> PeakBytesAsync()
    {
        long peak = 0;
        await Until.TrueAsync(
            "the end of recon",
            () =>
            {
                peak = Math.Max(peak, HighWater());
                return HasExited;
            },
            TestContext.Current.CancellationToken);
        return peak;
    }

    /// <summary>Waits for the end.</summary>
    public async Task<CliRun> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(patience.Token);
        await _reading;
        return new CliRun(_process.ExitCode, OutputSoFar, ErrorSoFar);
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private long HighWater()
    {
        try
        {
            string? line = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line.AsSpan(6, line.Length - 8), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // It has ended.
        }
    }

    private async Task ReadOutputAsync()
    {
        char[] part = new char[4096];
        for (int count; (count = await _process.StandardOutput.ReadAsync(part)) > 0;)
        {
            lock (_gate)
            {
                _output.Append(part, 0, count);
            }
        }
    }

    private async Task ReadErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _error.Append(line).Append('\n');
            }
        }
    }
}
