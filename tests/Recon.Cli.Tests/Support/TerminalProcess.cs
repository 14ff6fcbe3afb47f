using System.Diagnostics;
using System.Globalization;
using System.Text;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>recon on a terminal of its own, which <c>script</c> makes.</summary>
internal sealed class TerminalProcess : IAsyncDisposable
{
    private const string Maker = "/usr/bin/script";

    private readonly Process _process;
    private readonly Screen _screen;
    private readonly StringBuilder _output = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;

    private TerminalProcess(Process process, Screen screen)
    {
        (_process, _screen) = (process, screen);
        _reading = ReadAsync();
    }

    /// <summary>All that the terminal was given.</summary>
    public string Output
    {
        get
        {
            lock (_gate)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts recon, or skips the test where there is no <c>script</c>.</summary>
    /// <remarks>Keys are not echoed: an echo may come between two bytes of an order to the terminal.</remarks>
    /// <param name="environment">Variables, beside those of this process, as a shell writes them.</param>
    /// <param name="args">The arguments, as a shell writes them; redirections, too.</param>
    public static TerminalProcess Start(string folder, int columns, int rows, string environment, string args)
    {
        Assert.SkipUnless(File.Exists(Maker), $"{Maker} (util-linux), which makes a terminal, is not here.");
        string command = string.Create(
            CultureInfo.InvariantCulture,
            $"stty -echo cols {columns} rows {rows}; unset NO_COLOR RECON_POSTGRES PGHOST; export TERM=xterm {environment}; exec '{CliProcess.Program}' {args}");
        var start = new ProcessStartInfo(Maker, ["-qefc", command, "/dev/null"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["SHELL"] = "/bin/sh";
        return new TerminalProcess(Process.Start(start)!, new Screen(columns, rows));
    }

    public async Task TypeAsync(string keys)
    {
        await _process.StandardInput.WriteAsync(keys);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until the lines that are to be seen are as wanted.</summary>
    /// <returns>Them, together.</returns>
    public async Task<string> SeeAsync(Func<string, bool> wanted)
    {
        string seen = "";
        await Until.TrueAsync(
            () => $"something on the terminal, which shows:\n{seen}",
            () =>
            {
                seen = string.Join('\n', Look(screen => screen.Visible));
                return wanted(seen) ? Task.FromResult(true)
                    : _process.HasExited ? throw new InvalidOperationException($"recon has ended, and the terminal shows:\n{seen}")
                    : Task.FromResult(false);
            },
            TestContext.Current.CancellationToken);
        return seen;
    }

    public T Look<T>(Func<Screen, T> what)
    {
        lock (_gate)
        {
            return what(_screen);
        }
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code, and all lines, also those that have scrolled away.</returns>
    public async Task<(int ExitCode, IReadOnlyList<string> Lines)> EndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(patience.Token);
        await _reading;
        return (_process.ExitCode, Look(screen => screen.All));
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync()
    {
        char[] buffer = new char[4096];
        int count;
        while ((count = await _process.StandardOutput.ReadAsync(buffer)) > 0)
        {
            lock (_gate)
            {
                _output.Append(buffer, 0, count);
                _screen.Feed(new string(buffer, 0, count));
            }
        }
    }
}
