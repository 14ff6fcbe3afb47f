using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recon.Dataflow.Batches;

namespace Recon.Cli.Rendering;

/// <summary>The JSON documents of <c>--json</c>.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Indented = true,
        NewLine = "\n",
        // The document goes to a pipe or a file, not into a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes a document.</summary>
    /// <returns>The text, without a line feed at its end.</returns>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>The document of <c>recon run</c>.</summary>
    public static string Runs(IReadOnlyList<RunReport> reports) => Write(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (RunReport report in reports)
        {
            WriteRun(json, report);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    /// <summary>Writes counts by name.</summary>
    public static void WriteCounts(this Utf8JsonWriter json, string name, IEnumerable<KeyValuePair<string, long>> counts)
    {
        json.WriteStartObject(name);
        foreach ((string key, long count) in counts)
        {
            json.WriteNumber(key, count);
        }

        json.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter json, RunReport report)
    {
        BatchCounts c = report.Counts;
        json.WriteStartObject();
        json.WriteString("pipeline", report.Pipeline);
        json.WriteString("run_id", report.RunId?.ToString());
        json.WriteString("outcome", report.Outcome);
        if (report.IsDryRun)
        {
            json.WriteBoolean("dry_run", true);
        }

        foreach ((string name, long count) in ((string, long)[])[
            ("read", c.Read), ("staged", c.Staged), ("folded", c.Folded), ("filtered", c.Filtered), ("rejected", c.Rejected),
            ("matched", c.Matched), ("unmatched", c.Unmatched), ("ambiguous", c.Ambiguous), ("conflict", c.Conflict),
            ("with_changes", c.WithChanges)])
        {
            json.WriteNumber(name, count);
        }

        json.WriteCounts("property_changes", c.PropertyChanges.OrderBy(entry => entry.Key, StringComparer.Ordinal));
        json.WriteNumber("seconds", Math.Round(report.Elapsed.TotalSeconds, 3));
        json.WriteNumber("rows_per_second", Show.Rate(c.Read, report.Elapsed));
        json.WriteString("bottleneck", report.Bottleneck);
        if (report.Error is not null)
        {
            json.WriteString("error", report.Error);
        }

        json.WriteEndObject();
    }
}
