using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.Reporting;

/// <summary>Saved results as the Markdown of README's section on speed.</summary>
/// <param name="results">The newest result of each command.</param>
internal sealed class ResultTable(NewestResults results)
{
    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;
    private readonly StringBuilder _text = new();

    /// <summary>Writes it.</summary>
    public string Write()
    {
        WriteComparison();
        WriteRerun();
        WriteSizes();
        WriteStart();
        _text.Append("![Seconds for a million communications, and microseconds per record by size](docs/benchmarks.svg)\n\n");
        WriteCircumstances();
        return _text.ToString();
    }

    private void WriteComparison()
    {
        if (results.Full is null && results.Python is null)
        {
            return;
        }

        _text.Append("| whole job | communications | seconds | of the SQL's time | CPU-seconds, client + server | of the SQL's CPU | peak MB |\n|---|---|---|---|---|---|---|\n");
        if (results.Full is { } full)
        {
            double sql = Number(full.Figures, "sql_seconds");
            (double Client, double Server) cpu = (Number(full.Figures, "sql_client_cpu_seconds"), Number(full.Figures, "sql_server_cpu_seconds"));
            Row("hand-tuned SQL", full.Rows, sql, 1, cpu, 1, null);
            if (full.Figures.ContainsKey("duckdb_seconds"))
            {
                (double Client, double Server) duck = (Number(full.Figures, "duckdb_client_cpu_seconds"), Number(full.Figures, "duckdb_server_cpu_seconds"));
                double seconds = Number(full.Figures, "duckdb_seconds");
                Row("DuckDB, and COPY", full.Rows, seconds, seconds / sql, duck, Sum(duck) / Sum(cpu), Number(full.Figures, "duckdb_peak_rss_mb"));
            }

            foreach ((string name, JsonObject tool) in NewestResults.Contenders(full))
            {
                (double Client, double Server) own = (Number(tool, "client_cpu_seconds"), Number(tool, "server_cpu_seconds"));
                Row(
                    $"recon, {Code(name)}",
                    full.Rows,
                    Number(tool, "recon_seconds"),
                    Number(tool, "ratio_to_sql"),
                    own,
                    Sum(own) / Sum(cpu),
                    Number(tool, "peak_rss_mb"));
            }
        }

        if (results.Python is { } python)
        {
            Row(
                string.Create(s_culture, $"pandas and psycopg2 ({Number(python.Figures, "ratio_to_recon"):0.0} times recon, `{python.Figures["strategy"]}`)"),
                python.Rows,
                Number(python.Figures, "python_seconds"),
                null,
                null,
                null,
                Number(python.Figures, "python_peak_rss_mb"));
        }

        _text.Append('\n');
    }

    private void Row(
        string name, long rows, double seconds, double? ratio, (double Client, double Server)? cpu, double? cpuRatio, double? peak)
    {
        string spent = cpu is { } known ? string.Create(s_culture, $"{known.Client:0.0} + {known.Server:0.0}") : "";
        _text.Append(s_culture, $"| {name} | {rows:N0} | {seconds:0.00} | {ratio:0.00} | {spent} | {cpuRatio:0.00} | {peak:0} |\n");
    }

    private void WriteRerun()
    {
        if (results.Rerun is not { } rerun)
        {
            return;
        }

        _text.Append("| one record in a hundred changed | communications | seconds | of a full run's time | CPU-seconds, client + server | of a full run's CPU | peak MB |\n|---|---|---|---|---|---|---|\n");
        foreach ((string name, JsonObject tool) in NewestResults.Contenders(rerun))
        {
            Row(
                $"recon again, {Code(name)}",
                rerun.Rows,
                Number(tool, "rerun_seconds"),
                Number(tool, "ratio_to_full"),
                (Number(tool, "rerun_client_cpu_seconds"), Number(tool, "rerun_server_cpu_seconds")),
                Number(tool, "cpu_ratio_to_full"),
                Number(tool, "rerun_peak_rss_mb"));
        }

        _text.Append('\n');
    }

    private void WriteSizes()
    {
        if (results.Sweep is not { } sweep)
        {
            return;
        }

        _text.Append("| strategy | communications | seconds | µs per record | CPU of recon, µs per record | CPU of the server, µs per record | peak MB |\n|---|---|---|---|---|---|---|\n");
        foreach ((string name, JsonObject figures) in NewestResults.Contenders(sweep))
        {
            foreach (JsonNode? node in figures["sizes"]!.AsArray())
            {
                JsonObject size = node!.AsObject();
                _text.Append(
                    s_culture,
                    $"| {Code(name)} | {Number(size, "rows"):N0} | {Number(size, "seconds"):0.00} | {Number(size, "wall_us_per_row"):0.00} | {Number(size, "client_cpu_us_per_row"):0.00} | {Number(size, "server_cpu_us_per_row"):0.00} | {Number(size, "peak_rss_mb"):0} |\n");
            }
        }

        _text.Append('\n');
    }

    private void WriteStart()
    {
        if (results.Start is not { } start)
        {
            return;
        }

        foreach ((string name, JsonObject tool) in NewestResults.Contenders(start))
        {
            _text.Append(s_culture, $"From the start of the process to the first committed batch, {Code(name)}: {Number(tool, "first_batch_seconds"):0.00} s");
            _text.Append(tool.ContainsKey("version_seconds") ? string.Create(s_culture, $"; `--version`: {Number(tool, "version_seconds"):0.00} s.\n\n") : ".\n\n");
        }
    }

    private void WriteCircumstances()
    {
        foreach (IGrouping<string, SavedResult> machine in results.All.GroupBy(
            result => MachineText.Of(result.Machine, result.Versions), StringComparer.Ordinal))
        {
            string dates = string.Join(", ", machine.Select(
                result => string.Create(s_culture, $"`{result.Command}` {result.Date:yyyy-MM-dd}")));
            _text.Append(s_culture, $"- Medians. {dates}: {machine.Key}.\n");
        }

        foreach (SavedResult result in results.All.Where(result => result.Observations.Length > 0))
        {
            _text.Append(s_culture, $"- `{result.Command}`: {result.Observations}\n");
        }
    }

    private static double Sum((double Client, double Server) cpu) => cpu.Client + cpu.Server;

    // A build stands outside the code that the strategy is.
    private static string Code(string name) => name.Split(" (") is [var strategy, var build] ? $"`{strategy}` ({build}" : $"`{name}`";

    private static double Number(JsonObject figures, string name) => NewestResults.Number(figures, name);
}
