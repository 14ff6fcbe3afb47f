using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>
/// After a full run, changes one in two hundred of the export's records and of the mirror's, which is one in a hundred together, runs again, runs in full for comparison,
/// and checks that both left the same: the second run, for which people wait most often.
/// </summary>
/// <param name="rows">Communications.</param>
/// <param name="pairs">How often each build does it.</param>
/// <param name="withParents">Whether the mirror's parents change, too, and not only its communications.</param>
/// <param name="executables">The builds of the tool.</param>
/// <param name="strategy">The lookup strategy.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class RerunRuns(
    long rows,
    int pairs,
    bool withParents,
    IReadOnlyList<ReconExecutable> executables,
    string strategy,
    Findings findings,
    Action<string> log)
{
    private static readonly string[] s_parents = ["companies", "contacts", "deals"];

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code: 1 when a re-run and a full run disagree.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench original = await Workbench.OpenAsync(rows, log, token);
        await using Workbench bench = await original.CopyAsync("rerun", token);
        IReadOnlyList<Contender> contenders = Contender.Of(executables, [strategy]);
        Dictionary<Contender, Runs> all = contenders.ToDictionary(contender => contender, contender => new Runs(new ToolRun(bench, contender), [], []));
        Contender? before = null;
        long differences = 0;
        int round = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            foreach ((Contender contender, Runs runs) in all)
            {
                // What another build left is compared record by record.
                if (before != contender)
                {
                    (Measured first, _) = await runs.Tool.RunAsync(token);
                    log($"{contender}, before: {first}");
                }

                before = contender;
                round++;
                log($"{pair + 1}: {await ChangeAsync(bench, round, token)}");
                Measured again = await RerunAsync(bench, runs.Tool, token);
                runs.Again.Add(again);
                log($"{pair + 1}: {contender}, re-run: {again}");
                (Measured full, _) = await runs.Tool.RunAsync(token);
                runs.Full.Add(full);
                log($"{pair + 1}: {contender}, in full: {full}");
                differences += await DifferencesAsync(bench, token);
                await bench.ExecuteAsync("checkpoint", token);
            }
        }

        log(differences == 0 ? "Re-runs and full runs agree on every record." : $"Re-runs and full runs disagree on {differences} records.");
        var byContender = new JsonObject();
        List<TargetResult> targets = [];
        List<string> text = [];
        foreach ((Contender contender, Runs runs) in all)
        {
            JsonObject one = Figures(contender, Measured.Median(runs.Again), Measured.Median(runs.Full));
            byContender[contender.Name(executables)] = one;
            targets.AddRange(Target.Judge("rerun", rows, strategy, contender.Executable.Name, one));
            text.Add($"{contender}: re-run {Measured.Median(runs.Again)}; in full {Measured.Median(runs.Full)}");
        }

        JsonObject figures = byContender.First().Value!.DeepClone().AsObject();
        figures["pairs"] = pairs;
        figures["differences"] = differences;
        figures["strategies"] = byContender;
        findings.Publish(
            "rerun", rows, figures, targets, text, bench.ServerVersion, RunSettings.Of(JobDefinition.Write(bench.Folder, strategy), [strategy]), log);
        return differences == 0 ? 0 : 1;
    }

    private static async Task<Measured> RerunAsync(Workbench bench, ToolRun tool, CancellationToken token)
    {
        (Measured cost, _) = await tool.RerunAsync(token);
        await bench.ExecuteAsync(
            $"drop schema if exists bench cascade; create schema bench; create unlogged table bench.again as {await ResultAsync(bench, token)}", token);
        return cost;
    }

    private static async Task<long> DifferencesAsync(Workbench bench, CancellationToken token) => await bench.CountAsync(
        $"select count(*) from ({await ResultAsync(bench, token)}) f full join bench.again a using (legacy_communication_id) where f is distinct from a", token);

    // All that a result says, but not which run said it, when, and from which line: rows that are as they were keep those.
    private static async Task<string> ResultAsync(Workbench bench, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(bench.ConnectionString);
        await connection.OpenAsync(token);
        await using var columns = new NpgsqlCommand(
            """
            select string_agg(quote_ident(column_name), ', ' order by ordinal_position) from information_schema.columns
            where table_schema = 'staging' and table_name = 'communications_reconciliation' and column_name not in ('run_id', 'last_updated', 'source_line', 'source_file')
            """,
            connection);
        return $"select {await columns.ExecuteScalarAsync(token)} from staging.communications_reconciliation";
    }

    // Records that are gone or differ in the export, and records of the mirror that HubSpot changed or deleted.
    private async Task<string> ChangeAsync(Workbench bench, int round, CancellationToken token)
    {
        string changed = bench.Bronze + ".changed";
        long records = await ChangedExport.WriteAsync(bench.Bronze, changed, round, token);
        File.Move(changed, bench.Bronze, overwrite: true);
        string remainder = (round % 200).ToString(CultureInfo.InvariantCulture);
        await bench.ExecuteAsync(
            $"""
            delete from hubspot.engagements where hs_object_id % 2000 = {remainder};
            update hubspot.engagements set hs_engagement_subject = concat({remainder}, '. ', hs_engagement_subject), hs_lastmodifieddate = now()
            where hs_object_id % 200 = {remainder};
            """,
            token);
        foreach (string table in withParents ? s_parents : [])
        {
            await bench.ExecuteAsync($"update hubspot.{table} set hs_lastmodifieddate = now() where hs_object_id % 200 = {remainder}", token);
        }

        await bench.ExecuteAsync("checkpoint", token);
        return $"{records} records of the export changed, and one in two hundred of the mirror's{(withParents ? ", parents, too" : " communications")}";
    }

    private JsonObject Figures(Contender contender, Measured again, Measured full) => new()
    {
        ["rows"] = rows,
        ["strategy"] = contender.Strategy,
        ["executable"] = contender.Executable.Name,
        ["parents_changed"] = withParents,
        ["rerun_seconds"] = Math.Round(again.Seconds, 2),
        ["rerun_client_cpu_seconds"] = Math.Round(again.ClientCpu, 2),
        ["rerun_server_cpu_seconds"] = Math.Round(again.ServerCpu, 2),
        ["rerun_peak_rss_mb"] = Math.Round(again.PeakMegabytes, 1),
        ["full_seconds"] = Math.Round(full.Seconds, 2),
        ["full_client_cpu_seconds"] = Math.Round(full.ClientCpu, 2),
        ["full_server_cpu_seconds"] = Math.Round(full.ServerCpu, 2),
        ["ratio_to_full"] = Math.Round(again.Seconds / full.Seconds, 3),
        ["cpu_ratio_to_full"] = Math.Round(again.Cpu / full.Cpu, 3),
    };

    private sealed record Runs(ToolRun Tool, List<Measured> Again, List<Measured> Full);
}
