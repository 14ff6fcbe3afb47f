using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>The same job by a straightforward Python pipeline, <c>Python/pipeline.py</c>, as a process of its own.</summary>
/// <param name="bench">The server and the export.</param>
internal sealed class PythonPipeline(Workbench bench)
{
    private const string Interpreter = "/usr/bin/python3";
    private const string Schema = "bench_python";

    /// <summary>What is missing to run it.</summary>
    /// <param name="token">Cancels the question.</param>
    /// <returns>What is missing and how to get it; <see langword="null"/> when nothing is.</returns>
    public static async Task<string?> MissingAsync(CancellationToken token)
    {
        const string advice = "On Debian: apt-get install python3-pandas python3-psycopg2.";
        if (!File.Exists(Interpreter))
        {
            return $"{Interpreter} is missing. {advice}";
        }

        using Process process = Process.Start(new ProcessStartInfo(Interpreter)
        {
            ArgumentList = { "-c", "import pandas, psycopg2" },
            RedirectStandardError = true,
        })!;
        string errors = await process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return process.ExitCode == 0 ? null : $"{errors.Trim().Split('\n')[^1]}. {advice}";
    }

    /// <summary>The versions of Python, pandas and psycopg2.</summary>
    /// <param name="token">Cancels the question.</param>
    public async Task<string> VersionsAsync(CancellationToken token)
    {
        const string text = "import sys, pandas, psycopg2; print('Python', sys.version.split()[0] + ', pandas', pandas.__version__ + ', psycopg2', psycopg2.__version__.split()[0])";
        (_, string output) = await MeasuredProcess.RunAsync(
            new ProcessStartInfo(Interpreter) { ArgumentList = { "-c", text } }, bench.Clock, token);
        return output.Trim();
    }

    /// <summary>Runs it.</summary>
    /// <param name="token">Kills the process.</param>
    /// <returns>What it cost.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<Measured> RunAsync(CancellationToken token)
    {
        var server = new NpgsqlConnectionStringBuilder(bench.ConnectionString);
        var start = new ProcessStartInfo(Interpreter)
        {
            ArgumentList = { "-", bench.Bronze, Schema },
            Environment =
            {
                ["PGHOST"] = server.Host,
                ["PGPORT"] = server.Port.ToString(CultureInfo.InvariantCulture),
                ["PGDATABASE"] = server.Database,
                ["PGUSER"] = server.Username,
                ["PGPASSWORD"] = server.Password,
            },
        };
        (Measured cost, _) = await MeasuredProcess.RunAsync(start, bench.Clock, token, EmbeddedText.Read("Python.pipeline.py"));
        return cost;
    }

    /// <summary>Compares what it left with what the tool left.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The number of records on which they disagree.</returns>
    public Task<long> DifferencesAsync(CancellationToken token) => bench.CountAsync(EmbeddedText.Read("Sql.compare-python.sql"), token);

    /// <summary>Drops what it made.</summary>
    /// <param name="token">Cancels it.</param>
    public Task DropAsync(CancellationToken token) => bench.ExecuteAsync($"drop schema if exists {Schema} cascade", token);
}
