using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs the tool and its rivals alternately, checks that they agree, and prints the medians.</summary>
/// <param name="rows">Communications.</param>
/// <param name="pairs">How often they take turns.</param>
/// <param name="executables">The builds of the tool.</param>
/// <param name="strategies">Lookup strategies; the first one's figures are the main ones.</param>
/// <param name="withDuckDb">Whether DuckDB takes part, where it can be loaded.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class FullRuns(
    long rows,
    int pairs,
    IReadOnlyList<ReconExecutable> executables,
    IReadOnlyList<string> strategies,
    bool withDuckDb,
    Findings findings,
    Action<string> log)
{
    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code: 1 when the tool and a rival disagree.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        log($"PostgreSQL {bench.ServerVersion}, {Environment.ProcessorCount} cores, {rows} communications, {pairs} pairs.");
        var sql = new TunedSql(bench);
        var duck = new DuckDb(bench);
        (string? version, string? missing) = withDuckDb ? await duck.VersionAsync(token) : (null, "not asked for");
        log(missing is null ? $"DuckDB {version}." : $"DuckDB is skipped: {missing}");
        IReadOnlyList<Contender> contenders = Contender.Of(executables, strategies);
        List<Measured> sqlRuns = [];
        List<Measured> duckRuns = [];
        Dictionary<Contender, List<Measured>> toolRuns = contenders.ToDictionary(contender => contender, _ => new List<Measured>());
        (long OfSql, long OfDuck) differences = (0, 0);
        await sql.DropAsync(token);
        for (int round = 0; round < pairs; round++)
        {
            foreach (Contender contender in contenders)
            {
                (Measured cost, JsonElement result) = await new ToolRun(bench, contender).RunAsync(token);
                toolRuns[contender].Add(cost);
                log($"{round + 1}: recon, {contender}: {cost}; bottleneck {result.GetProperty("bottleneck")}");
                await bench.ExecuteAsync("checkpoint", token);
            }

            sqlRuns.Add(await sql.RunAsync(token));
            log($"{round + 1}: SQL: {sqlRuns[^1]}");
            differences.OfSql += round == 0 ? await DifferencesAsync("SQL") : 0;
            await sql.TidyAsync(token);
            await bench.ExecuteAsync("checkpoint", token);
            if (version is not null)
            {
                duckRuns.Add(await duck.RunAsync(token));
                log($"{round + 1}: DuckDB: {duckRuns[^1]}");
                differences.OfDuck += round == 0 ? await DifferencesAsync("DuckDB") : 0;
                duck.Tidy();
                await bench.ExecuteAsync("checkpoint", token);
            }
        }

        await sql.DropAsync(token);

        Dictionary<string, double> parts = [];
        foreach (string strategy in strategies)
        {
            parts[strategy] = await PartsAsync(bench, strategy, token);
        }

        JsonObject figures = Figures(sqlRuns, duckRuns, toolRuns, parts, out List<string> text, out List<TargetResult> targets);
        figures["differences"] = differences.OfSql;
        if (version is not null)
        {
            figures["duckdb_version"] = version;
            figures["duckdb_differences"] = differences.OfDuck;
        }
        else
        {
            figures["duckdb_skipped"] = missing;
        }

        findings.Publish(
            "full", rows, figures, targets, text, bench.ServerVersion, RunSettings.Of(JobDefinition.Write(bench.Folder, strategies[0]), strategies), log);
        return differences == (0, 0) ? 0 : 1;

        async Task<long> DifferencesAsync(string rival)
        {
            long found = await sql.DifferencesAsync(token);
            log(found == 0 ? $"Tool and {rival} agree on every record." : $"Tool and {rival} disagree on {found} records.");
            return found;
        }
    }

    private async Task<double> PartsAsync(Workbench bench, string strategy, CancellationToken token)
    {
        IReadOnlyDictionary<string, Measured> parts = await new Parts(bench, JobDefinition.Write(bench.Folder, strategy)).RunAsync(token);
        foreach ((string name, Measured part) in parts)
        {
            log($"{strategy}, {name} alone: {part}");
        }

        return parts.Values.Sum(part => part.Cpu);
    }

    private JsonObject Figures(
        List<Measured> sqlRuns,
        List<Measured> duckRuns,
        Dictionary<Contender, List<Measured>> toolRuns,
        Dictionary<string, double> parts,
        out List<string> text,
        out List<TargetResult> targets)
    {
        var sql = Measured.Median(sqlRuns);
        Measured? duck = duckRuns.Count > 0 ? Measured.Median(duckRuns) : null;
        text = [$"SQL: {sql}", .. duck is { } known ? [$"DuckDB: {known}"] : Array.Empty<string>()];
        targets = [];
        var all = new JsonObject();
        foreach ((Contender contender, List<Measured> runs) in toolRuns)
        {
            var tool = Measured.Median(runs);
            JsonObject one = Of(contender, tool, sql, duck, parts[contender.Strategy]);
            all[contender.Name(executables)] = one;
            targets.AddRange(Target.Judge("full", rows, contender.Strategy, contender.Executable.Name, one));
            text.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"recon, {contender}: {tool}; {tool.Seconds / sql.Seconds:0.00} of SQL, {tool.Cpu / sql.Cpu:0.00} of its CPU, {tool.Cpu / parts[contender.Strategy]:0.00} of the CPU of its parts"));
        }

        JsonObject figures = all.First().Value!.DeepClone().AsObject();
        figures["pairs"] = pairs;
        Add(figures, "sql", sql);
        if (duck is { } measured)
        {
            Add(figures, "duckdb", measured);
            figures["duckdb_peak_rss_mb"] = Math.Round(measured.PeakMegabytes, 1);
        }

        figures["strategies"] = all;
        return figures;
    }

    private static void Add(JsonObject figures, string rival, Measured cost)
    {
        figures[$"{rival}_seconds"] = Math.Round(cost.Seconds, 2);
        figures[$"{rival}_client_cpu_seconds"] = Math.Round(cost.ClientCpu, 2);
        figures[$"{rival}_server_cpu_seconds"] = Math.Round(cost.ServerCpu, 2);
    }

    private JsonObject Of(Contender contender, Measured tool, Measured sql, Measured? duck, double parts)
    {
        var figures = new JsonObject
        {
            ["rows"] = rows,
            ["strategy"] = contender.Strategy,
            ["executable"] = contender.Executable.Name,
            ["recon_seconds"] = Math.Round(tool.Seconds, 2),
            ["sql_seconds"] = Math.Round(sql.Seconds, 2),
            ["ratio_to_sql"] = Math.Round(tool.Seconds / sql.Seconds, 3),
            ["cpu_ratio_to_sql"] = Math.Round(tool.Cpu / sql.Cpu, 3),
            ["parts_ratio"] = Math.Round(tool.Seconds * Environment.ProcessorCount / parts, 3),
            ["cpu_ratio_to_parts"] = Math.Round(tool.Cpu / parts, 3),
            ["peak_rss_mb"] = Math.Round(tool.PeakMegabytes, 1),
            ["rows_per_second"] = Math.Round(rows / tool.Seconds),
            ["client_cpu_seconds"] = Math.Round(tool.ClientCpu, 2),
            ["server_cpu_seconds"] = Math.Round(tool.ServerCpu, 2),
        };
        if (duck is { } rival)
        {
            figures["ratio_to_duckdb"] = Math.Round(tool.Seconds / rival.Seconds, 3);
            figures["peak_ratio_to_duckdb"] = Math.Round(tool.PeakMegabytes / rival.PeakMegabytes, 3);
        }

        return figures;
    }
}
