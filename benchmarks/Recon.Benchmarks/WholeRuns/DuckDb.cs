using System.CommandLine;
using System.Diagnostics;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs <see cref="DuckDbJob"/> as a process of its own, so that its memory and CPU are known.</summary>
/// <param name="bench">The server and the export.</param>
internal sealed class DuckDb(Workbench bench)
{
    private const string Name = "duckdb-job";
    private const string Connection = "RECON_BENCH_POSTGRES";

    private string Folder => Path.Combine(bench.Folder, "duckdb");

    /// <summary>The command that the process runs.</summary>
    public static Command CreateCommand()
    {
        var paths = new Argument<string[]>("paths") { Description = "The export and a folder; without them the version is printed.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(Name, "What the command full starts for DuckDB.") { paths };
        command.Hidden = true;
        command.SetAction(async (parse, token) =>
        {
            if (parse.GetValue(paths) is [var bronze, var folder])
            {
                await new DuckDbJob(bronze, folder, Environment.GetEnvironmentVariable(Connection)!).RunAsync(token);
            }
            else
            {
                await Console.Out.WriteLineAsync(DuckDbJob.Version());
            }

            return 0;
        });
        return command;
    }

    /// <summary>Its version, or why it cannot be measured here.</summary>
    public async Task<(string? Version, string? Missing)> VersionAsync(CancellationToken token)
    {
        try
        {
            (_, string version) = await MeasuredProcess.RunAsync(Start(), bench.Clock, token);
            return (version.Trim(), null);
        }
        catch (InvalidOperationException failed)
        {
            return (null, $"DuckDB's native library cannot be loaded here: {failed.Message.Split('\n')[0].Trim()}");
        }
    }

    /// <summary>Runs it.</summary>
    /// <returns>What it cost.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<Measured> RunAsync(CancellationToken token)
    {
        Tidy();
        Directory.CreateDirectory(Folder);
        ProcessStartInfo start = Start(bench.Bronze, Folder);
        start.Environment[Connection] = bench.ConnectionString;
        (Measured cost, _) = await MeasuredProcess.RunAsync(start, bench.Clock, token);
        return cost;
    }

    /// <summary>Deletes the files that it left.</summary>
    public void Tidy()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static ProcessStartInfo Start(params IEnumerable<string> arguments)
        => new(Path.ChangeExtension(typeof(DuckDb).Assembly.Location, OperatingSystem.IsWindows() ? ".exe" : null), [Name, .. arguments]);
}
