using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>Dashboard and alert rules ask for what a run exports, by the names that Prometheus gives to it.</summary>
public sealed partial class ObservabilityTests(PostgresServer server)
{
    // Of Prometheus itself and of the collector's way of telling processes apart.
    private static readonly string[] s_labels = ["le", "instance"];

    private static string Folder => Path.Combine(Repository.Root, "deploy", "observability");

    [Fact]
    public async Task DashboardAndRules_EveryNameAndLabel_IsExportedByARun()
    {
        Dictionary<string, HashSet<string>> exported = await ExportedAsync();
        string[] questions = [.. Panels(await DashboardAsync()), await ReadAsync("alerts.yaml")];

        HashSet<string> labels = [.. s_labels, .. exported.Values.SelectMany(names => names)];
        string[] unknown =
        [
            .. questions.SelectMany(question => MetricName().Matches(question)).Select(match => match.Value)
                .Where(name => !exported.ContainsKey(name) && !labels.Contains(name)).Distinct(StringComparer.Ordinal),
        ];
        string[] unknownLabels =
        [
            .. questions.SelectMany(question => Labels().Matches(question))
                .SelectMany(match => match.Groups["label"].Captures.Select(capture => capture.Value))
                .Where(label => !labels.Contains(label)).Distinct(StringComparer.Ordinal),
        ];

        Assert.Empty(unknown);
        Assert.Empty(unknownLabels);
        Assert.InRange(questions.Length, 20, 100);
    }

    [Fact]
    public async Task Documentation_NamesEveryMetricThatARunExports()
    {
        string document = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "metrics.md"), TestContext.Current.CancellationToken);
        Dictionary<string, HashSet<string>> exported = await ExportedAsync();

        string[] documented = [.. DocumentedName().Matches(document).Select(match => match.Groups[1].Value.Replace('.', '_'))];

        Assert.All(
            exported.Keys.Where(name => name.StartsWith("recon_", StringComparison.Ordinal)),
            name => Assert.Contains(documented, known => name.StartsWith(known, StringComparison.Ordinal)));
    }

    [Fact(Explicit = true)]
    [Trait("Category", "Sweep")]
    public async Task Dashboard_IsOneByGrafanasTypes()
    {
        if (await RunAsync("npm", Path.GetTempPath(), "--version") is not { } version || version.ExitCode != 0)
        {
            Assert.Skip("npm, which has Grafana's types, is not installed.");
        }

        using TempFolder folder = new();
        await File.WriteAllTextAsync(
            folder.File("dashboard.ts"),
            $"import type {{ Dashboard }} from \"@grafana/schema\";\nexport const dashboard: Dashboard = {await ReadAsync("grafana/recon.json")};\n",
            TestContext.Current.CancellationToken);
        var installed = await RunAsync("npm", folder.Path, "install", "--ignore-scripts", "--no-audit", "--no-fund", "@grafana/schema@12.1.0", "typescript@5.9.2");
        if (installed!.Value.ExitCode != 0)
        {
            Assert.Skip($"npm cannot install Grafana's types: {installed.Value.Text}");
        }

        var check = await RunAsync(
            Path.Combine(folder.Path, "node_modules", ".bin", "tsc"),
            folder.Path,
            "--noEmit", "--strict", "--skipLibCheck", "--moduleResolution", "bundler", "--module", "esnext", "--target", "es2022", "dashboard.ts");

        Assert.Equal((0, ""), check);
    }

    // By Prometheus' names, with the labels of each.
    private async Task<Dictionary<string, HashSet<string>>> ExportedAsync()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = await LargeSample.CreateAsync(60_000);
        await LargeSample.EndASessionAsync(folder, database);
        await using CliProcess process = CliProcess.Start(
            folder.Path,
            new() { ["OTEL_METRIC_EXPORT_INTERVAL"] = "50" },
            ["run", "--metrics-file", "metrics.jsonl", "--postgres", database.ConnectionString]);
        CliRun run = await process.EndAsync();
        Assert.Equal(0, run.ExitCode);

        Dictionary<string, HashSet<string>> exported = new(StringComparer.Ordinal);
        foreach (string line in await File.ReadAllLinesAsync(folder.File("metrics.jsonl"), TestContext.Current.CancellationToken))
        {
            foreach (JsonElement metric in JsonDocument.Parse(line).RootElement.GetProperty("metrics").EnumerateArray())
            {
                foreach (string name in PrometheusNames(metric))
                {
                    exported.TryAdd(name, []);
                    exported[name].UnionWith(metric.GetProperty("attributes").EnumerateObject().Select(attribute => attribute.Name.Replace('.', '_')));
                }
            }
        }

        return exported;
    }

    private static IEnumerable<string> PrometheusNames(JsonElement metric)
    {
        string kind = metric.GetProperty("kind").GetString()!;
        string unit = metric.GetProperty("unit").GetString() switch { "s" => "_seconds", "By" => "_bytes", _ => "" };
        string name = metric.GetProperty("name").GetString()!.Replace('.', '_') + unit;
        return kind switch
        {
            "histogram" => [name + "_bucket", name + "_sum", name + "_count"],
            "counter" => [name + "_total"],
            _ => [name],
        };
    }

    private static async Task<JsonElement> DashboardAsync() => JsonDocument.Parse(await ReadAsync("grafana/recon.json")).RootElement;

    private static IEnumerable<string> Panels(JsonElement dashboard) =>
    [
        .. dashboard.GetProperty("panels").EnumerateArray()
            .SelectMany(panel => panel.TryGetProperty("targets", out JsonElement targets) ? targets.EnumerateArray().ToArray() : [])
            .SelectMany(target => new[] { target.GetProperty("expr").GetString()!, target.GetProperty("legendFormat").GetString()! }),
        .. dashboard.GetProperty("templating").GetProperty("list").EnumerateArray()
            .Select(variable => variable.GetProperty("query").GetProperty("query").GetString()!),
    ];

    private static Task<string> ReadAsync(string name)
        => File.ReadAllTextAsync(Path.Combine(Folder, name), TestContext.Current.CancellationToken);

    private static async Task<(int ExitCode, string Text)?> RunAsync(string program, string folder, params string[] args)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, args)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
            })!;
            string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, text);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\b(?:recon|db_client)_[a-z0-9_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\bby \((?:\s*(?<label>\w+)\s*,?)+\)|\{(?:\s*(?<label>[a-z_]+)\s*(?:=|=~|!=|!~)""[^""]*""\s*,?)+\}|\{\{(?<label>\w+)\}\}|label_values\([^,]+, (?<label>\w+)\)|\$labels\.(?<label>\w+)")]
    private static partial Regex Labels();

    [GeneratedRegex(@"`(recon\.[a-z_.]+)`")]
    private static partial Regex DocumentedName();
}
