using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recon.Testing;

namespace Recon.Cli.Tests.Telemetry;

/// <summary>What a collector gets of a run, by both of OTLP's protocols.</summary>
public sealed partial class OtlpRunTests(OtlpRuns runs) : IClassFixture<OtlpRuns>
{
    private static readonly string[] s_phases = ["indexing", "folding", "settling", "publishing", "searching"];

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task Metrics_OfARun_AreThoseOfTheDocumentWithUnitAndAttributes(string protocol)
    {
        Dictionary<string, (string Unit, string Kind, string[] Attributes)> documented = await DocumentedAsync();

        ILookup<string, ReceivedPoint> received = runs.ByProtocol[protocol].Points.Where(point => point.Scope == "Recon").ToLookup(point => point.Name);

        // What a push measures, a run does not.
        Assert.Equal(documented.Keys.Where(name => !name.StartsWith("recon.push.", StringComparison.Ordinal)).Order(StringComparer.Ordinal), received.Select(points => points.Key).Order(StringComparer.Ordinal));
        foreach (ReceivedPoint point in received.SelectMany(points => points))
        {
            (string unit, string kind, string[] attributes) = documented[point.Name];
            Assert.Equal((unit, kind), (point.Unit, point.Kind));
            Assert.Equal(attributes.Order(StringComparer.Ordinal), point.Attributes.Keys);
        }
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public void Metrics_OfARun_AddUpToItsRowAccount(string protocol)
    {
        ExportedRun run = runs.ByProtocol[protocol];

        Assert.Equal(4, run.Runs.Count);
        foreach (JsonElement account in run.Runs)
        {
            string pipeline = account.GetProperty("pipeline").GetString()!;
            double Sum(string name, string? status = null) => run.Points
                .Where(point => point.Name == name && point.Attributes["pipeline"] == pipeline && (status is null || point.Attributes["status"] == status))
                .Sum(point => point.Value);
            double Told(string name) => account.GetProperty(name).GetDouble();

            Assert.Equal(Told("read"), Sum("recon.records.read"));
            Assert.Equal(Told("staged"), Sum("recon.records.staged"));
            Assert.All((string[])["matched", "unmatched", "ambiguous", "conflict"], status => Assert.Equal(Told(status), Sum("recon.records.staged", status)));
            Assert.Equal(Told("folded"), Sum("recon.records.folded"));
            Assert.Equal(Told("filtered"), Sum("recon.records.filtered"));
            Assert.Equal(Told("rejected"), Sum("recon.records.rejected"));
            Assert.Equal(Told("rejected"), Sum("recon.rejects"));
            Assert.Equal(Told("with_changes"), Sum("recon.records.changed"));
            Assert.Equal(account.GetProperty("property_changes").EnumerateObject().Sum(change => change.Value.GetDouble()), Sum("recon.properties.changed"));
            Assert.Equal(account.GetProperty("blocks").EnumerateArray().Last().GetProperty("batches").GetDouble(), Sum("recon.batches.committed"));
            Assert.Equal(0, Sum("recon.run.active"));
        }
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public void Resource_OfAllSignals_NamesServiceVersionAndInstanceAndWhatTheEnvironmentAdds(string protocol)
    {
        ExportedRun run = runs.ByProtocol[protocol];

        IReadOnlyDictionary<string, string>[] resources =
        [
            .. run.Points.Select(point => point.Resource), .. run.Spans.Select(span => span.Resource), .. run.Logs.Select(log => log.Resource),
        ];

        Assert.Single(resources.Select(resource => string.Join(' ', resource)).Distinct());
        Assert.Equal("recon", resources[0]["service.name"]);
        Assert.NotEmpty(resources[0]["service.version"]);
        Assert.True(Guid.TryParse(resources[0]["service.instance.id"], out _));
        Assert.Equal("test", resources[0]["deployment.environment.name"]);
        Assert.DoesNotContain("recon.run.id", resources[0].Keys);
        Assert.DoesNotContain(run.Points, point => point.Attributes.ContainsKey("recon.run.id"));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public void Spans_OfARun_Nest(string protocol)
    {
        ExportedRun run = runs.ByProtocol[protocol];
        Dictionary<string, ReceivedSpan> byId = run.Spans.ToDictionary(span => span.Id);
        ReceivedSpan root = Assert.Single(run.Spans, span => span.Parent.Length == 0);

        Assert.Equal("run", root.Name);
        Assert.Equal(run.Runs[0].GetProperty("run_id").GetString(), root.Attributes["recon.run.id"]);
        foreach (ReceivedSpan span in run.Spans.Where(span => span != root))
        {
            Assert.Equal(root.TraceId, span.TraceId);
            ReceivedSpan parent = byId[span.Parent];
            string[] around = span switch
            {
                { Scope: "Npgsql" } => ["run", "pipeline", "lookup", "stage", .. s_phases, .. byId[span.Parent].Scope == "Npgsql" ? (string[])[parent.Name] : []],
                { Name: "pipeline" } => ["run"],
                { Name: "batch" } => ["pipeline"],
                { Name: "lookup" or "diff" or "stage" } => ["batch"],
                _ => s_phases.Contains(span.Name) ? ["pipeline"] : [],
            };
            Assert.Contains(parent.Name, around);
        }

        foreach (JsonElement account in run.Runs)
        {
            ReceivedSpan pipeline = Assert.Single(
                run.Spans, span => span.Name == "pipeline" && span.Attributes["pipeline"] == account.GetProperty("pipeline").GetString());
            Assert.Equal((account.GetProperty("run_id").GetString(), "completed"), (pipeline.Attributes["recon.run.id"], pipeline.Attributes["outcome"]));
            ReceivedSpan[] batches = [.. run.Spans.Where(span => span.Name == "batch" && span.Parent == pipeline.Id)];
            JsonElement[] blocks = [.. account.GetProperty("blocks").EnumerateArray().Where(block => block.GetProperty("name").GetString() is not ("csv" or "batch"))];
            Assert.Equal(blocks[^1].GetProperty("batches").GetInt64(), batches.Length);
            Assert.All(batches, batch => Assert.Equal(
                blocks.Select(block => block.GetProperty("name").GetString()),
                run.Spans.Where(span => span.Parent == batch.Id).Select(span => span.Attributes["block"]).OrderBy(name => Array.FindIndex(blocks, block => block.GetProperty("name").GetString() == name))));
        }

        Assert.All((string[])["lookup", "stage"], block => Assert.Contains(run.Spans, span => span.Scope == "Npgsql" && byId[span.Parent].Name == block));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public void Failures_OfTheServer_AreSpansWithoutItsMessage(string protocol)
    {
        IReadOnlyDictionary<string, string>[] failures =
        [
            .. runs.ByProtocol[protocol].Spans.SelectMany(span => span.Events).Where(each => each.ContainsKey("exception.type")),
        ];

        Assert.NotEmpty(failures);
        Assert.All(failures, failure => Assert.Matches("^([0-9A-Z]{5})?$", failure["exception.message"]));
        Assert.All(failures, failure => Assert.Equal("", failure["exception.stacktrace"]));
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task WhatIsExported_HoldsNoValueIdOrPath(string protocol)
    {
        ExportedRun run = runs.ByProtocol[protocol];
        string definition = await File.ReadAllTextAsync(runs.Folder.File("pipeline.json"), TestContext.Current.CancellationToken);
        string[] lines =
        [
            .. Directory.GetFiles(runs.Folder.File("bronze_layer")).SelectMany(file => File.ReadLines(file).Skip(1).Take(2_000)),
        ];
        string[] values =
        [
            .. lines.SelectMany(line => line.Split(',')).Where(value => value.Length >= 8 && !value.Contains('"') && !definition.Contains(value, StringComparison.Ordinal))
                .Distinct().Select(value => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value))),
            runs.Folder.Path, Path.GetFileName(runs.Folder.Path), "bronze_layer", "Bronze_", ".csv", Repository.Root,
        ];
        string bytes = Encoding.Latin1.GetString([.. run.Received.Requests.SelectMany(request => request.Body)]);

        int found = bytes.AsSpan().IndexOfAny(SearchValues.Create(values, StringComparison.Ordinal));
        HashSet<string> ids = [.. lines.Select(line => line.Split(',')[0]).Where(id => id.Length >= 4)];
        string[] texts =
        [
            .. run.Spans.SelectMany(span => span.Attributes.Values.Append(span.Name).Append(span.StatusText)), .. run.Points.SelectMany(point => point.Attributes.Values),
            .. run.Logs.SelectMany(log => log.Attributes.Values.Append(log.Text)),
        ];

        Assert.Contains("companies_reconciliation", bytes, StringComparison.Ordinal);
        Assert.InRange(values.Length, 2_000, 50_000);
        Assert.True(found < 0, found < 0 ? "" : bytes.Substring(Math.Max(0, found - 100), 200));
        Assert.Empty(texts.Distinct().Where(text => !double.TryParse(text, out _)).SelectMany(text => Number().Matches(text)).Select(match => match.Value).Where(ids.Contains).Distinct());
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public void Logs_OfARun_TellBeginEndAndRetriesWithinItsTrace(string protocol)
    {
        ExportedRun run = runs.ByProtocol[protocol];

        foreach (JsonElement account in run.Runs)
        {
            string pipeline = account.GetProperty("pipeline").GetString()!;
            ReceivedLog[] logs = [.. run.Logs.Where(log => log.Attributes.GetValueOrDefault("Pipeline") == pipeline)];
            ReceivedLog ended = Assert.Single(logs, log => log.Event == "RunCompleted");
            Assert.Single(logs, log => log.Event == "RunBegan");
            Assert.Equal($"{account.GetProperty("read").GetInt64()}", ended.Attributes["Read"]);
            Assert.Equal(account.GetProperty("run_id").GetString(), ended.Attributes["RunId"]);
            Assert.Equal(Assert.Single(run.Spans, span => span.Name == "pipeline" && span.Attributes["pipeline"] == pipeline).Id, ended.SpanId);
        }

        ReceivedLog retry = run.Logs.First(log => log.Event == "BatchRetried");
        Assert.Equal(("Warning", "Recon"), (retry.Severity, retry.Scope));
        Assert.Contains(run.Spans, span => span.Name == "stage" && span.Id == retry.SpanId);
    }

    // A row may name several metrics, with a kind or attributes of each.
    private static async Task<Dictionary<string, (string Unit, string Kind, string[] Attributes)>> DocumentedAsync()
    {
        Dictionary<string, (string, string, string[])> metrics = [];
        foreach (string line in await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "metrics.md"), TestContext.Current.CancellationToken))
        {
            if (!line.StartsWith("| `recon.", StringComparison.Ordinal))
            {
                continue;
            }

            string[] cells = line.Split('|', StringSplitOptions.TrimEntries);
            string[] names = [.. Word().Matches(cells[1]).Select(match => match.Groups[1].Value)];
            string[] kinds = cells[3].Split(", ");
            string[] own = cells[4].Split("; ");
            for (int index = 0; index < names.Length; index++)
            {
                string[] attributes = own.Length > 1
                    ? [.. Words(own[0]), .. Words(own[index])]
                    : [.. Words(cells[4])];
                metrics[names[index]] = (cells[2].Trim('`'), kinds[Math.Min(index, kinds.Length - 1)], [.. attributes.Distinct()]);
            }
        }

        return metrics;
    }

    private static IEnumerable<string> Words(string cell) => Word().Matches(cell).Select(match => match.Groups[1].Value);

    [GeneratedRegex("`([a-z_.{}]+)`")]
    private static partial Regex Word();

    // Not those within a run's id or behind a decimal point.
    [GeneratedRegex(@"(?<![-.\w])\d{4,}(?![-\w])")]
    private static partial Regex Number();
}
