using System.Globalization;
using System.Text.Json;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Runs the tool and the SQL alternately, checks that they agree, and prints the medians.</summary>
/// <param name="rows">Communications.</param>
/// <param name="pairs">How often they take turns, after one round that does not count.</param>
/// <param name="strategies">Lookup strategies; the first gives the main figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class FullRuns(long rows, int pairs, IReadOnlyList<string> strategies, TextWriter log)
{
    /// <summary>Measures.</summary>
    /// <param name="json">Whether the result is printed as JSON.</param>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code: 1 when tool and SQL disagree.</returns>
    public async Task<int> RunAsync(bool json, CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        log.WriteLine($"PostgreSQL {bench.ServerVersion}, {Environment.ProcessorCount} cores, {rows} communications, {pairs} pairs.");
        var sql = new TunedSql(bench);
        List<Measured> sqlRuns = [];
        Dictionary<string, List<Measured>> toolRuns = strategies.ToDictionary(name => name, _ => new List<Measured>());
        long differences = 0;
        for (int round = 0; round < pairs; round++)
        {
            foreach (string strategy in strategies)
            {
                (Measured cost, JsonElement result) = await new ToolRun(bench, strategy).RunAsync(token);
                toolRuns[strategy].Add(cost);
                log.WriteLine($"{round + 1}: recon, {strategy}: {cost}; bottleneck {result.GetProperty("bottleneck")}");
                await bench.ExecuteAsync("checkpoint", token);
            }

            sqlRuns.Add(await sql.RunAsync(token));
            log.WriteLine($"{round + 1}: SQL: {sqlRuns[^1]}");
            if (round == 0)
            {
                differences = await sql.DifferencesAsync(token);
                log.WriteLine(differences == 0 ? "Tool and SQL agree on every record." : $"Tool and SQL disagree on {differences} records.");
            }

            await sql.DropAsync(token);
            await bench.ExecuteAsync("checkpoint", token);
        }

        Dictionary<string, double> parts = [];
        foreach (string strategy in strategies)
        {
            parts[strategy] = await PartsAsync(bench, strategy, token);
        }

        Print(json, Measured.Median(sqlRuns), toolRuns.ToDictionary(entry => entry.Key, entry => Measured.Median(entry.Value)), parts, differences);
        return differences == 0 ? 0 : 1;
    }

    private async Task<double> PartsAsync(Workbench bench, string strategy, CancellationToken token)
    {
        IReadOnlyDictionary<string, Measured> parts = await new Parts(bench, new ToolRun(bench, strategy).Definition).RunAsync(token);
        foreach ((string name, Measured part) in parts)
        {
            log.WriteLine($"{strategy}, {name} alone: {part}");
        }

        return parts.Values.Sum(part => part.ClientCpu + part.ServerCpu) / Environment.ProcessorCount;
    }

    private void Print(
        bool json, Measured sql, Dictionary<string, Measured> tools, Dictionary<string, double> parts, long differences)
    {
        using Stream output = Console.OpenStandardOutput();
        if (!json)
        {
            using var text = new StreamWriter(output);
            text.WriteLine(string.Create(CultureInfo.InvariantCulture, $"SQL: {sql}"));
            foreach ((string strategy, Measured tool) in tools)
            {
                text.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"recon, {strategy}: {tool}; {tool.Seconds / sql.Seconds:0.00} of SQL, {tool.Seconds / parts[strategy]:0.00} of its parts"));
            }

            return;
        }

        using (var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            WriteFigures(writer, sql, tools[strategies[0]], parts[strategies[0]]);
            writer.WriteNumber("differences", differences);
            writer.WriteNumber("sql_server_cpu_seconds", Math.Round(sql.ServerCpu, 2));
            writer.WriteStartObject("strategies");
            foreach ((string strategy, Measured tool) in tools)
            {
                writer.WriteStartObject(strategy);
                WriteFigures(writer, sql, tool, parts[strategy]);
                writer.WriteNumber("client_cpu_seconds", Math.Round(tool.ClientCpu, 2));
                writer.WriteNumber("server_cpu_seconds", Math.Round(tool.ServerCpu, 2));
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private void WriteFigures(Utf8JsonWriter writer, Measured sql, Measured tool, double parts)
    {
        writer.WriteNumber("rows", rows);
        writer.WriteNumber("recon_seconds", Math.Round(tool.Seconds, 2));
        writer.WriteNumber("sql_seconds", Math.Round(sql.Seconds, 2));
        writer.WriteNumber("ratio_to_sql", Math.Round(tool.Seconds / sql.Seconds, 3));
        writer.WriteNumber("parts_ratio", Math.Round(tool.Seconds / parts, 3));
        writer.WriteNumber("peak_rss_mb", Math.Round(tool.PeakMegabytes, 1));
        writer.WriteNumber("rows_per_second", Math.Round(rows / tool.Seconds));
    }
}
