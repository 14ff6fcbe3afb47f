using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs the tool and the SQL alternately, checks that they agree, and prints the medians.</summary>
/// <param name="rows">Communications.</param>
/// <param name="pairs">How often they take turns.</param>
/// <param name="strategies">Lookup strategies; the first gives the main figures.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class FullRuns(long rows, int pairs, IReadOnlyList<string> strategies, Findings findings, Action<string> log)
{
    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code: 1 when tool and SQL disagree.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        log($"PostgreSQL {bench.ServerVersion}, {Environment.ProcessorCount} cores, {rows} communications, {pairs} pairs.");
        var sql = new TunedSql(bench);
        List<Measured> sqlRuns = [];
        Dictionary<string, List<Measured>> toolRuns = strategies.ToDictionary(name => name, _ => new List<Measured>());
        long differences = 0;
        await sql.DropAsync(token);
        for (int round = 0; round < pairs; round++)
        {
            foreach (string strategy in strategies)
            {
                (Measured cost, JsonElement result) = await new ToolRun(bench, strategy).RunAsync(token);
                toolRuns[strategy].Add(cost);
                log($"{round + 1}: recon, {strategy}: {cost}; bottleneck {result.GetProperty("bottleneck")}");
                await bench.ExecuteAsync("checkpoint", token);
            }

            sqlRuns.Add(await sql.RunAsync(token));
            log($"{round + 1}: SQL: {sqlRuns[^1]}");
            if (round == 0)
            {
                differences = await sql.DifferencesAsync(token);
                log(differences == 0 ? "Tool and SQL agree on every record." : $"Tool and SQL disagree on {differences} records.");
            }

            await sql.TidyAsync(token);
            await bench.ExecuteAsync("checkpoint", token);
        }

        await sql.DropAsync(token);

        Dictionary<string, double> parts = [];
        foreach (string strategy in strategies)
        {
            parts[strategy] = await PartsAsync(bench, strategy, token);
        }

        Publish(
            bench, Measured.Median(sqlRuns), toolRuns.ToDictionary(entry => entry.Key, entry => Measured.Median(entry.Value)), parts, differences);
        return differences == 0 ? 0 : 1;
    }

    private async Task<double> PartsAsync(Workbench bench, string strategy, CancellationToken token)
    {
        IReadOnlyDictionary<string, Measured> parts = await new Parts(bench, new ToolRun(bench, strategy).Definition).RunAsync(token);
        foreach ((string name, Measured part) in parts)
        {
            log($"{strategy}, {name} alone: {part}");
        }

        return parts.Values.Sum(part => part.ClientCpu + part.ServerCpu) / Environment.ProcessorCount;
    }

    private void Publish(
        Workbench bench, Measured sql, Dictionary<string, Measured> tools, Dictionary<string, double> parts, long differences)
    {
        JsonObject figures = Figures(sql, tools[strategies[0]], parts[strategies[0]]);
        figures["pairs"] = pairs;
        figures["differences"] = differences;
        figures["sql_client_cpu_seconds"] = Math.Round(sql.ClientCpu, 2);
        figures["sql_server_cpu_seconds"] = Math.Round(sql.ServerCpu, 2);
        var byStrategy = new JsonObject();
        List<string> text = [$"SQL: {sql}"];
        foreach ((string strategy, Measured tool) in tools)
        {
            JsonObject one = Figures(sql, tool, parts[strategy]);
            one["client_cpu_seconds"] = Math.Round(tool.ClientCpu, 2);
            one["server_cpu_seconds"] = Math.Round(tool.ServerCpu, 2);
            byStrategy[strategy] = one;
            text.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"recon, {strategy}: {tool}; {tool.Seconds / sql.Seconds:0.00} of SQL, {tool.Seconds / parts[strategy]:0.00} of its parts"));
        }

        figures["strategies"] = byStrategy;
        findings.Publish("full", rows, figures, text, bench.ServerVersion, RunSettings.Of(new ToolRun(bench, strategies[0]).Definition, strategies), log);
    }

    private JsonObject Figures(Measured sql, Measured tool, double parts) => new()
    {
        ["rows"] = rows,
        ["recon_seconds"] = Math.Round(tool.Seconds, 2),
        ["sql_seconds"] = Math.Round(sql.Seconds, 2),
        ["ratio_to_sql"] = Math.Round(tool.Seconds / sql.Seconds, 3),
        ["parts_ratio"] = Math.Round(tool.Seconds / parts, 3),
        ["peak_rss_mb"] = Math.Round(tool.PeakMegabytes, 1),
        ["rows_per_second"] = Math.Round(rows / tool.Seconds),
    };
}
