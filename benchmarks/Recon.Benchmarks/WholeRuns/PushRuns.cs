using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Recon.Benchmarks.Results;
using Recon.Sandbox;
using Recon.Sandbox.Api;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>Planning, approving and pushing records to the sandbox, whose limits are off and which lives in this process.</summary>
/// <param name="rows">Communications from which plans are made.</param>
/// <param name="sizes">Records of each plan.</param>
/// <param name="executable">The build of the tool.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class PushRuns(long rows, IReadOnlyList<long> sizes, ReconExecutable executable, Findings findings, Action<string> log)
{
    private const string Token = "token-of-the-benchmark";
    private const string Strategy = "auto";

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(rows, log, token);
        (Measured run, _) = await new ToolRun(bench, new Contender(executable, Strategy)).RunAsync(token);
        log($"run: {run}");
        await bench.ExecuteAsync("drop table if exists staging.push_plan, staging.push_item, staging.push_approval, staging.push_link, staging.push_portal", token);
        string definition = Define(bench.Folder);
        var figures = new JsonObject();
        List<string> text = [];
        foreach (long size in sizes)
        {
            JsonObject one = await MeasureAsync(bench, definition, size, token);
            figures[size.ToString(CultureInfo.InvariantCulture)] = one;
            text.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{one["records"]} records: plan {one["plan_seconds"]} s, approve {one["approve_seconds"]} s, push {one["push_seconds"]} s in {one["calls"]} calls = {one["records_per_second"]} records/s; peaks {one["plan_peak_mb"]}, {one["approve_peak_mb"]}, {one["push_peak_mb"]} MB"));
        }

        findings.Publish(
            "push", sizes.Max(), new JsonObject { ["executable"] = executable.Name, ["sizes"] = figures }, [], text, bench.ServerVersion, RunSettings.Of(definition, [Strategy]), log);
        return 0;
    }

    private async Task<JsonObject> MeasureAsync(Workbench bench, string definition, long size, CancellationToken token)
    {
        (Measured plan, string planned) = await CallAsync(
            bench, definition, null, ["plan", "communications", "--limit", size.ToString(CultureInfo.InvariantCulture), "--json"], token);
        using JsonDocument document = JsonDocument.Parse(planned);
        string id = document.RootElement.GetProperty("plan").GetString()!;
        log($"plan: {plan}");
        (Measured approve, _) = await CallAsync(
            bench, definition, null, ["approve", id, "--all", "--by", "benchmark", "--over-the-limit", "--reason", "benchmark", "--json"], token);
        log($"approve: {approve}");
        await using SandboxServer sandbox = await StartAsync(bench, id, token);
        (Measured push, string pushed) = await CallAsync(bench, definition, sandbox, ["push", id, "--yes", "--verify", "none", "--json", "--quiet"], token);
        log($"push: {push}");
        using JsonDocument report = JsonDocument.Parse(pushed);
        long written = report.RootElement.GetProperty("written").GetInt64();
        return written != size
            ? throw new InvalidOperationException($"{written} of {size} records were written: {pushed}")
            : new JsonObject
            {
                ["records"] = size,
                ["plan_seconds"] = Math.Round(plan.Seconds, 2),
                ["plan_peak_mb"] = Math.Round(plan.PeakMegabytes),
                ["approve_seconds"] = Math.Round(approve.Seconds, 2),
                ["approve_peak_mb"] = Math.Round(approve.PeakMegabytes),
                ["push_seconds"] = Math.Round(push.Seconds, 2),
                ["push_client_cpu_seconds"] = Math.Round(push.ClientCpu, 2),
                ["push_server_cpu_seconds"] = Math.Round(push.ServerCpu, 2),
                ["push_peak_mb"] = Math.Round(push.PeakMegabytes),
                ["calls"] = report.RootElement.GetProperty("calls").GetInt64(),
                ["records_per_second"] = Math.Round(size / push.Seconds),
            };
    }

    private Task<(Measured Cost, string Output)> CallAsync(
        Workbench bench, string definition, SandboxServer? sandbox, IReadOnlyList<string> arguments, CancellationToken token)
    {
        ProcessStartInfo start = executable.Start([.. arguments, "--definition", definition]);
        start.WorkingDirectory = bench.Folder;
        start.Environment["RECON_POSTGRES"] = bench.ConnectionString;
        start.Environment["RECON_HUBSPOT_BASE"] = sandbox?.Base.AbsoluteUri.TrimEnd('/') ?? "http://127.0.0.1:1";
        start.Environment["RECON_HUBSPOT_TOKEN"] = Token;
        return MeasuredProcess.RunAsync(start, bench.Clock, token);
    }

    // Associations are calls of another kind, and are left out.
    private static string Define(string folder)
    {
        JsonNode definition = JsonNode.Parse(File.ReadAllText(JobDefinition.Write(folder, Strategy)))!;
        foreach (JsonNode? pipeline in definition["pipelines"]!.AsArray())
        {
            _ = pipeline!.AsObject().Remove("associate");
        }

        string path = Path.Combine(folder, "pipeline-push.json");
        File.WriteAllText(path, definition.ToJsonString());
        return path;
    }

    // The sandbox holds what the plan was made of, and keeps no calls.
    private static async Task<SandboxServer> StartAsync(Workbench bench, string plan, CancellationToken token)
    {
        await using var connection = new NpgsqlConnection(bench.ConnectionString);
        await connection.OpenAsync(token);
        await using var items = new NpgsqlCommand(
            "select (select max(portal) from staging.push_plan), object_type, hubspot_id::text, before::text, array(select jsonb_object_keys(properties)) from staging.push_item where plan_id = $1::uuid", connection)
        {
            Parameters = { new() { Value = plan } },
        };
        SandboxPortal? portal = null;
        await using NpgsqlDataReader reader = await items.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            portal ??= new SandboxPortal(reader.GetInt64(0), TimeProvider.System);
            ObjectStore store = portal.Store(reader.GetString(1));
            using JsonDocument before = JsonDocument.Parse(reader.GetString(3));
            store.Add(
                reader.GetString(2),
                [.. before.RootElement.EnumerateObject().Where(value => value.Value.ValueKind == JsonValueKind.String).Select(value => KeyValuePair.Create(value.Name, value.Value.GetString()!))],
                DateTimeOffset.UnixEpoch,
                DateTimeOffset.UnixEpoch);
            foreach (string property in (await reader.GetFieldValueAsync<string[]>(4, token)).Where(property => store.Property(property) is null))
            {
                store.Define(new SandboxProperty(property));
            }
        }

        return await SandboxServer.StartAsync(
            new SandboxOptions { Portal = portal!, Token = Token, KeptCalls = 0, Traps = [SandboxTrap.Parse("limit=1000000"), SandboxTrap.Parse("quota=1000000000")] }, token);
    }
}
