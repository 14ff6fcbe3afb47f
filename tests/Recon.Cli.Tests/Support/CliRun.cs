namespace Recon.Cli.Tests.Support;

/// <summary>What a call of recon gave.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    /// <summary>Runs recon inside this process, or the executable that was named, in an environment without variables.</summary>
    /// <param name="args">The arguments.</param>
    public static Task<CliRun> OfAsync(params string[] args) => InAsync([], args);

    /// <summary>Runs recon inside this process, or the executable that was named.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="args">The arguments.</param>
    public static async Task<CliRun> InAsync(Dictionary<string, string> environment, params string[] args)
    {
        if (CliProcess.Named is { } program)
        {
            return await CliProcess.RunAsync(environment, program, args);
        }

        using StringWriter output = new();
        using StringWriter error = new();
        int exitCode = await ReconCommandLine.InvokeAsync(
            args, output, error, environment.GetValueOrDefault, TestContext.Current.CancellationToken);
        return new CliRun(exitCode, output.ToString(), error.ToString());
    }
}
