using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Recon.Benchmarks.Workers;

/// <summary>The figures of <c>workers</c>, for people.</summary>
internal static class WorkersText
{
    /// <summary>As lines.</summary>
    public static IEnumerable<string> Lines(JsonObject figures)
    {
        foreach ((string workers, JsonNode? one) in figures["workers"]!.AsObject())
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{workers} workers at {figures["share_of_a_core"]} of a core: {one!["records_per_second"]} records/s, {Percent(one["of_linear"]!)} of linear.");
        }

        if (figures["take_overs"] is { } times)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Coordinator killed {times} times: another one leads after {figures["take_over_seconds"]} s (median; slowest {figures["slowest_take_over_seconds"]}), its first batch after {figures["first_batch_seconds"]} s (slowest {figures["slowest_first_batch_seconds"]}).");
        }
    }

    /// <summary>As Markdown, with the model that follows from them.</summary>
    public static string Markdown(JsonObject figures)
    {
        JsonObject byWorkers = figures["workers"]!.AsObject();
        var text = new StringBuilder("| workers | records/s | of linear | CPU-seconds for a million records: workers | coordinator | server |\n|---|---|---|---|---|---|\n");
        foreach ((string workers, JsonNode? one) in byWorkers)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {workers} | {(double)one!["records_per_second"]!:N0} | {Percent(one["of_linear"]!)} ")
                .Append(CultureInfo.InvariantCulture, $"| {(double)one["worker_cpu_per_million"]!:0.0} | {(double)one["coordinator_cpu_per_million"]!:0.0} | {(double)one["server_cpu_per_million"]!:0.0} |\n");
        }

        JsonNode last = byWorkers.Last().Value!;
        (double worker, double coordinator, double server) = (
            (double)last["worker_cpu_per_million"]!, (double)last["coordinator_cpu_per_million"]!, (double)last["server_cpu_per_million"]!);
        text.Append(CultureInfo.InvariantCulture, $"\nEach worker had {figures["share_of_a_core"]} of a core, {(double)figures["rows"]!:N0} communications, strategy `{figures["strategy"]}`, medians of {figures["rounds"]} rounds, from warm workers to the last record.\n")
            .Append(CultureInfo.InvariantCulture, $"\nSo a core of workers does some {Rounded(1e6 / worker):N0} records a second, the coordinator reads at most some {Rounded(1e6 / coordinator):N0}, and a core of the\n")
            .Append(CultureInfo.InvariantCulture, $"server takes some {Rounded(1e6 / server):N0}: with *w* cores of workers and *s* cores of the server, the smallest of\n")
            .Append(CultureInfo.InvariantCulture, $"{Rounded(1e6 / worker):N0} · *w*, {Rounded(1e6 / server):N0} · *s* and {Rounded(1e6 / coordinator):N0} is what to expect.\n");
        if (figures["take_overs"] is { } times)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nA coordinator was killed {times} times: another process led after {figures["take_over_seconds"]} s (median; slowest {figures["slowest_take_over_seconds"]} s), and its first batch was\n")
                .Append(CultureInfo.InvariantCulture, $"committed after {figures["first_batch_seconds"]} s (slowest {figures["slowest_first_batch_seconds"]} s).\n");
        }

        return text.ToString();
    }

    // Two digits: the machine's noise is larger than what follows.
    private static double Rounded(double value)
    {
        double unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return Math.Round(value / unit) * unit;
    }

    private static string Percent(JsonNode share) => string.Create(CultureInfo.InvariantCulture, $"{100 * (double)share:0} %");
}
