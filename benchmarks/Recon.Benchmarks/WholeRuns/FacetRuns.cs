using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Recon.Benchmarks.Results;
using Recon.Postgres.Queries.Review;
using Recon.Postgres.Runs;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>What the page waits for: counts by facet, pages of records, searches, over a table of staged rows that the server makes.</summary>
/// <param name="rows">Staged rows.</param>
/// <param name="findings">What becomes of the figures.</param>
/// <param name="log">Told every single figure.</param>
internal sealed class FacetRuns(long rows, Findings findings, Action<string> log)
{
    /// <summary>Communications of the mirror, which the facets do not ask.</summary>
    private const long Mirror = 10_000;

    private const int PageSize = 50;
    private const int Rounds = 5;

    /// <summary>Measures.</summary>
    /// <param name="token">Cancels it.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken token)
    {
        await using Workbench bench = await Workbench.OpenAsync(Mirror, log, token);
        await using Workbench copy = await bench.CopyAsync("facets", token);
        await using CommunicationsJob job = CommunicationsJob.Open(copy.ConnectionString, JobDefinition.Write(copy.Folder, "any"));
        await new StagingUpkeep(job.Sources, job.Tables, TimeProvider.System, NullLogger.Instance).SetUpAsync([job.Pipeline], token);
        await FillAsync(copy, token);
        using var reader = new ReviewReader(job.Context());
        Measured first = await Measured.OfAsync(bench.Clock, async () => await reader.FacetsAsync(ReviewFilter.All, token));
        log($"first counts: {first}");
        IReadOnlyList<ReviewFilter> filters = await FiltersAsync(reader, token);
        Dictionary<string, List<(double Seconds, string Of)>> all = [];
        for (int round = 0; round < Rounds; round++)
        {
            foreach (ReviewFilter filter in filters)
            {
                await TimeAsync(all, "facets", filter.ToQuery(), () => reader.FacetsAsync(filter, token));
            }
        }

        foreach (ReviewFilter filter in filters)
        {
            if ((await reader.FacetsAsync(filter, token)).Records == 0)
            {
                continue;
            }

            string? next = null;
            for (int page = 0; page < 3; page++)
            {
                ReviewPage read = await TimeAsync(all, page == 0 ? "first_page" : "next_page", filter.ToQuery(), () => reader.PageAsync(filter, next, PageSize, token));
                next = read.Next;
                if (next is null)
                {
                    break;
                }
            }
        }

        foreach (long place in (long[])[rows / 2, rows - 1000])
        {
            string deep = place.ToString(CultureInfo.InvariantCulture);
            await TimeAsync(all, "deep_page", deep, () => reader.PageAsync(ReviewFilter.All, deep, PageSize, token));
            await TimeAsync(all, "deep_page", "unmatched " + deep, () => reader.PageAsync(new ReviewFilter { Status = "unmatched" }, deep, PageSize, token));
            await TimeAsync(all, "search_id", deep, () => reader.PageAsync(new ReviewFilter { Text = deep }, null, PageSize, token));
            await TimeAsync(all, "search_id", deep, () => reader.FacetsAsync(new ReviewFilter { Text = deep }, token));
        }

        foreach (string text in (string[])["commande", $"commande {rows - 5}", "nowhere to be found"])
        {
            await TimeAsync(all, "search_text", text, () => reader.PageAsync(new ReviewFilter { Text = text }, null, PageSize, token));
            await TimeAsync(all, "search_text_counts", text, () => reader.FacetsAsync(new ReviewFilter { Text = text }, token));
        }

        Publish(first, all, bench.ServerVersion, copy.Folder);
        return 0;
    }

    private async Task FillAsync(Workbench bench, CancellationToken token)
    {
        var watch = Stopwatch.StartNew();
        Guid run = Guid.CreateVersion7();
        await using (var connection = new NpgsqlConnection(bench.ConnectionString))
        {
            await connection.OpenAsync(token);
#pragma warning disable CA2100 // A file of this project.
            await using var fill = new NpgsqlCommand(EmbeddedText.Read("Sql.staged-rows.sql"), connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
            fill.Parameters.Add(new() { Value = rows });
            fill.Parameters.Add(new() { Value = run });
            await fill.ExecuteNonQueryAsync(token);
        }

        await bench.ExecuteAsync(
            $"""
            insert into staging.reconciliation_log (run_id, pipeline, started_at, finished_at, outcome, staged, details, definition_fingerprint, input_fingerprint, tool_version, staging_version)
            values ('{run}', 'communications', now(), now(), 'completed', {rows}, jsonb_build_object('keptBack', jsonb_build_object('hs_note_body/truncated', 1200)), 'none', 'none', 'none', 3)
            """,
            token);
        await bench.ExecuteAsync("vacuum analyze staging.communications_reconciliation_rows", token);
        long bytes = await bench.CountAsync("select sum(pg_table_size(relid))::int8 from pg_partition_tree('staging.communications_reconciliation_rows')", token);
        log(string.Create(CultureInfo.InvariantCulture, $"{rows} rows of {bytes / rows} bytes were made in {watch.Elapsed.TotalSeconds:0} s."));
    }

    // Every value of every facet, and each with every value of the others.
    private static async Task<IReadOnlyList<ReviewFilter>> FiltersAsync(ReviewReader reader, CancellationToken token)
    {
        FacetCounts counts = await reader.FacetsAsync(ReviewFilter.All, token);
        List<ReviewFilter> filters = [ReviewFilter.All];
        (ReviewFacet Facet, string Value)[] values = [.. counts.Facets.SelectMany(facet => facet.Values.Select(value => (facet.Facet, value.Value)))];
        filters.AddRange(values.Select(each => ReviewFilter.All.With(each.Facet, each.Value)));
        filters.AddRange(
            from one in values
            from other in values
            where one.Facet < other.Facet
            select ReviewFilter.All.With(one.Facet, one.Value).With(other.Facet, other.Value));
        return filters;
    }

    private async Task<T> TimeAsync<T>(Dictionary<string, List<(double Seconds, string Of)>> all, string kind, string of, Func<Task<T>> work)
    {
        var watch = Stopwatch.StartNew();
        T result = await work();
        double seconds = watch.Elapsed.TotalSeconds;
        (all.TryGetValue(kind, out List<(double Seconds, string Of)>? list) ? list : all[kind] = []).Add((seconds, of));
        if (seconds > 0.3)
        {
            log(string.Create(CultureInfo.InvariantCulture, $"{kind} {of}: {seconds:0.000} s"));
        }

        return result;
    }

    private void Publish(Measured first, Dictionary<string, List<(double Seconds, string Of)>> all, string server, string folder)
    {
        var figures = new JsonObject
        {
            ["rows"] = rows,
            ["first_counts_seconds"] = Math.Round(first.Seconds, 2),
            ["first_counts_server_cpu_seconds"] = Math.Round(first.ServerCpu, 2),
        };
        List<string> text = [$"first counts: {first}"];
        foreach ((string kind, List<(double Seconds, string Of)> times) in all)
        {
            (double Seconds, string Of)[] sorted = [.. times.OrderBy(each => each.Seconds)];
            double p50 = sorted[(sorted.Length - 1) / 2].Seconds;
            double p95 = sorted[(int)Math.Ceiling(sorted.Length * 0.95) - 1].Seconds;
            figures[$"{kind}_p50_ms"] = Math.Round(p50 * 1000, 1);
            figures[$"{kind}_p95_ms"] = Math.Round(p95 * 1000, 1);
            figures[$"{kind}_most_ms"] = Math.Round(sorted[^1].Seconds * 1000, 1);
            figures[$"{kind}_times"] = sorted.Length;
            text.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}: p50 {p50 * 1000:0.0} ms, p95 {p95 * 1000:0.0} ms, most {sorted[^1].Seconds * 1000:0.0} ms ({sorted[^1].Of}) of {sorted.Length}"));
        }

        findings.Publish(
            "facets", rows, figures, [.. Target.Judge("facets", rows, "any", "library", figures)], text, server, Results.RunSettings.Of(JobDefinition.Write(folder, "any"), ["any"]), log);
    }
}
