using System.Diagnostics;

namespace Recon.Postgres.Embedded;

/// <summary>What a finished command left behind.</summary>
/// <param name="ExitCode">Its exit code; 127 when it could not be started.</param>
internal readonly record struct ToolResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>The last lines of the output, on one line, for messages.</summary>
    public string Tail => string.Join(" | ", Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).TakeLast(3));
}

/// <summary>Runs the small commands that a server needs (initdb, pg_ctl, npm).</summary>
internal static class ToolProcess
{
    /// <param name="command">The program and its arguments; nothing passes a shell.</param>
    /// <param name="workingDirectory">Where it runs; the root folder when <see langword="null"/>, because the service
    /// account need not be able to enter ours.</param>
    public static async Task<ToolResult> RunAsync(
        IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken, string? workingDirectory = null)
    {
        ProcessStartInfo start = StartInfo(command, workingDirectory);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Exception failure) when (failure is System.ComponentModel.Win32Exception or FileNotFoundException)
        {
            return new ToolResult(127, $"{command[0]}: {failure.Message}");
        }

        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ToolResult(process.ExitCode, (await output + "\n" + await error).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new ToolResult(124, $"{Path.GetFileName(command[0])} did not finish within {timeout.TotalSeconds:0} s.");
        }
    }

    /// <summary>Start information without the variables that would redirect PostgreSQL's programs.</summary>
    public static ProcessStartInfo StartInfo(IReadOnlyList<string> command, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = workingDirectory ?? Path.GetPathRoot(Path.GetTempPath())!,
        };
        foreach (string name in start.Environment.Keys.Where(IsPostgresVariable).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LC_ALL"] = "C";
        return start;
    }

    private static bool IsPostgresVariable(string name)
        => name.StartsWith("PG", StringComparison.Ordinal)
            || name.StartsWith("RECON_", StringComparison.Ordinal)
            || name.StartsWith("LC_", StringComparison.Ordinal);
}
