using System.Diagnostics;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>A build of the tool that is measured.</summary>
/// <param name="Name">What it is called in the figures.</param>
/// <param name="Path">The executable.</param>
internal sealed record ReconExecutable(string Name, string Path)
{
    /// <summary>What is measured unless told otherwise: the Release build of this repository.</summary>
    public static ReconExecutable Release { get; } = new(
        "release",
        System.IO.Path.Combine(
            Workbench.Root, "artifacts", "bin", "Recon.Cli", "release", OperatingSystem.IsWindows() ? "recon.exe" : "recon"));

    /// <summary>Reads <c>name=path,name=path</c>; a path alone is called after its file.</summary>
    public static IReadOnlyList<ReconExecutable> Parse(string list)
        => [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(One)];

    /// <summary>Tells what is wrong with a list of executables.</summary>
    /// <returns>What is wrong; <see langword="null"/> when nothing is.</returns>
    public static string? Problem(IReadOnlyList<ReconExecutable> executables)
    {
        if (executables.Count == 0 || executables.DistinctBy(executable => executable.Name).Count() != executables.Count)
        {
            return "Name each executable once, as in release=PATH,native=PATH.";
        }

        return executables.FirstOrDefault(executable => !File.Exists(executable.Path)) is { } missing
            ? $"{missing.Path} is missing. Run the benchmarks with -c Release, or name an executable with --recon."
            : null;
    }

    /// <summary>How it is started.</summary>
    public ProcessStartInfo Start(params IEnumerable<string> arguments) => new(Path, arguments);

    /// <summary>Whether its command <c>run</c> knows an option.</summary>
    public async Task<bool> KnowsAsync(string option, CpuClock clock, CancellationToken token)
    {
        (_, string help) = await MeasuredProcess.RunAsync(Start("run", "--help"), clock, token);
        return help.Split('\n').Any(line => line.TrimStart().StartsWith($"{option} ", StringComparison.Ordinal));
    }

    private static ReconExecutable One(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string path = System.IO.Path.GetFullPath(text[(equals + 1)..]);
        return new(equals > 0 ? text[..equals] : System.IO.Path.GetFileNameWithoutExtension(path), path);
    }
}

/// <summary>A build of the tool with a lookup strategy.</summary>
/// <param name="Executable">The build.</param>
/// <param name="Strategy">The strategy.</param>
internal sealed record Contender(ReconExecutable Executable, string Strategy)
{
    /// <summary>Every build with every strategy.</summary>
    public static IReadOnlyList<Contender> Of(IReadOnlyList<ReconExecutable> executables, IReadOnlyList<string> strategies)
        => [.. from executable in executables from strategy in strategies select new Contender(executable, strategy)];

    /// <summary>What it is called among the figures of several: the strategy, and the build where it is not the only one.</summary>
    public string Name(IReadOnlyList<ReconExecutable> executables)
        => executables.Count == 1 ? Strategy : $"{Strategy}, {Executable.Name}";

    /// <inheritdoc/>
    public override string ToString() => $"{Executable.Name}, {Strategy}";
}
