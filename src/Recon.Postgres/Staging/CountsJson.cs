using System.Buffers;
using System.Text;
using System.Text.Json;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;

namespace Recon.Postgres.Staging;

/// <summary>Counts as JSON, for the ledger and the log: what is not zero, under the names of the properties.</summary>
internal static class CountsJson
{
    /// <summary>The key of a run's warnings in the log's document.</summary>
    public const string Warnings = "warnings";

    /// <param name="gates">Names of the gates that the run exceeded, for <see cref="ReadGates"/>.</param>
    /// <param name="blocks">Where the time of the blocks' workers went, for <see cref="ReadBlocks"/>.</param>
    /// <param name="course">The same over time, for <see cref="CourseJson.Read"/>.</param>
    /// <param name="workers">Who did it, for <see cref="ReadWorkers"/>; none for a run of one process.</param>
    public static string Write(
        BatchCounts counts,
        IEnumerable<string>? gates = null,
        IReadOnlyList<BlockStats>? blocks = null,
        IReadOnlyList<GraphMoment>? course = null,
        IReadOnlyList<LoggedWorker>? workers = null)
    {
        var text = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(text);
        json.WriteStartObject();
        foreach ((string name, Func<BatchCounts, long> get, _) in s_numbers)
        {
            WriteCount(json, name, get(counts));
        }

        foreach ((string name, Func<BatchCounts, Dictionary<string, long>> get) in s_groups)
        {
            WriteGroup(json, name, get(counts));
        }

        foreach ((string name, Func<BatchCounts, Dictionary<RejectedValue, long>> get) in s_sampled)
        {
            WriteValues(json, name, get(counts));
        }

        if (gates?.ToArray() is { Length: > 0 } exceeded)
        {
            json.WriteStartArray("gates");
            foreach (string gate in exceeded)
            {
                json.WriteStringValue(gate);
            }

            json.WriteEndArray();
        }

        WriteWithheld(json, [.. counts.Withheld.Kept]);
        WriteBlocks(json, blocks ?? []);
        CourseJson.Write(json, course ?? []);
        WriteWorkers(json, workers ?? []);
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    /// <summary>The names of the gates that a run exceeded, from the log's document.</summary>
    public static IReadOnlyList<string> ReadGates(string text) => ReadTexts(text, "gates");

    /// <summary>What a run warned of, the most important first, from the log's document.</summary>
    public static IReadOnlyList<string> ReadWarnings(string text) => ReadTexts(text, Warnings);

    /// <summary>Where the time of the blocks' workers went, in the order in which a batch passes them, from the log's document.</summary>
    public static IReadOnlyList<LoggedBlock> ReadBlocks(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.TryGetProperty("blocks", out JsonElement blocks)
            ? [
                .. blocks.EnumerateArray().Select(block => new LoggedBlock(
                    block.GetProperty("name").GetString()!,
                    block.GetProperty("workers").GetInt32(),
                    block.GetProperty("busy_seconds").GetDouble(),
                    block.GetProperty("waiting_seconds").GetDouble(),
                    block.GetProperty("idle_seconds").GetDouble(),
                    block.GetProperty("blocked_seconds").GetDouble(),
                    block.GetProperty("batches").GetInt64())),
            ]
            : [];
    }

    /// <summary>Who did the work of a run that workers shared, in the order of their names, from the log's document.</summary>
    public static IReadOnlyList<LoggedWorker> ReadWorkers(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.TryGetProperty("workers", out JsonElement workers)
            ? [
                .. workers.EnumerateArray().Select(worker => new LoggedWorker(
                    worker.GetProperty("name").GetString()!,
                    worker.GetProperty("host").GetString()!,
                    worker.GetProperty("splits").GetInt64(),
                    worker.GetProperty("records").GetInt64(),
                    worker.GetProperty("busy_seconds").GetDouble(),
                    worker.GetProperty("waiting_seconds").GetDouble(),
                    worker.GetProperty("idle_seconds").GetDouble(),
                    worker.GetProperty("blocked_seconds").GetDouble())),
            ]
            : [];
    }

    public static BatchCounts Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        JsonElement root = document.RootElement;
        var counts = new BatchCounts();
        foreach ((string name, _, Action<BatchCounts, long> set) in s_numbers)
        {
            if (root.TryGetProperty(name, out JsonElement number))
            {
                set(counts, number.GetInt64());
            }
        }

        foreach ((string name, Func<BatchCounts, Dictionary<string, long>> get) in s_groups)
        {
            if (root.TryGetProperty(name, out JsonElement group))
            {
                foreach (JsonProperty entry in group.EnumerateObject())
                {
                    get(counts)[entry.Name] = entry.Value.GetInt64();
                }
            }
        }

        foreach ((string name, Func<BatchCounts, Dictionary<RejectedValue, long>> get) in s_sampled)
        {
            if (root.TryGetProperty(name, out JsonElement values))
            {
                foreach (JsonElement value in values.EnumerateArray())
                {
                    get(counts)[new RejectedValue(
                        value.GetProperty("property").GetString()!,
                        value.GetProperty("column").GetString()!,
                        value.GetProperty("reason").GetString()!,
                        value.TryGetProperty("sample", out JsonElement sample) ? sample.GetString() : null)]
                        = value.GetProperty("count").GetInt64();
                }
            }
        }

        if (root.TryGetProperty("withheld", out JsonElement withheld))
        {
            foreach (JsonElement sample in withheld.EnumerateArray())
            {
                counts.Withheld.Add(new WithheldSample(
                    sample.GetProperty("property").GetString()!,
                    sample.GetProperty("rule").GetString()!,
                    sample.GetProperty("id").GetString()!,
                    sample.TryGetProperty("legacy", out JsonElement legacy) ? legacy.GetString() : null,
                    sample.TryGetProperty("hubspot", out JsonElement hubspot) ? hubspot.GetString() : null)
                {
                    At = ((int)Number(sample, "file"), Number(sample, "line")),
                });
            }
        }

        return counts;
    }

    private static readonly (string Name, Func<BatchCounts, long> Get, Action<BatchCounts, long> Set)[] s_numbers =
    [
        ("read", c => c.Read, (c, n) => c.Read = n),
        ("matched", c => c.Matched, (c, n) => c.Matched = n),
        ("unmatched", c => c.Unmatched, (c, n) => c.Unmatched = n),
        ("ambiguous", c => c.Ambiguous, (c, n) => c.Ambiguous = n),
        ("conflict", c => c.Conflict, (c, n) => c.Conflict = n),
        ("folded", c => c.Folded, (c, n) => c.Folded = n),
        ("filtered", c => c.Filtered, (c, n) => c.Filtered = n),
        ("rejected", c => c.Rejected, (c, n) => c.Rejected = n),
        ("withChanges", c => c.WithChanges, (c, n) => c.WithChanges = n),
        ("contested", c => c.Contested, (c, n) => c.Contested = n),
        ("latest", c => c.Latest, (c, n) => c.Latest = n),
    ];

    private static readonly (string Name, Func<BatchCounts, Dictionary<string, long>> Get)[] s_groups =
    [
        ("byFilter", c => c.ByFilter),
        ("byReason", c => c.ByReason),
        ("propertyChanges", c => c.PropertyChanges),
        ("suppressed", c => c.Suppressed),
        ("sameByMeaning", c => c.SameByMeaning),
        ("keptBack", c => c.KeptBack),
        ("remarks", c => c.Remarks),
        ("damage", c => c.Damage),
        ("convertedValues", c => c.ConvertedValues),
        ("parentIds", c => c.ParentIds),
    ];

    private static readonly (string Name, Func<BatchCounts, Dictionary<RejectedValue, long>> Get)[] s_sampled =
    [
        ("rejectedValues", c => c.RejectedValues),
        ("unresolvedParents", c => c.UnresolvedParents),
    ];

    private static void WriteCount(Utf8JsonWriter json, string name, long count)
    {
        if (count != 0)
        {
            json.WriteNumber(name, count);
        }
    }

    // A document of an earlier version does not say where its samples are.
    private static long Number(JsonElement sample, string name)
        => sample.TryGetProperty(name, out JsonElement number) ? number.GetInt64() : 0;

    private static void WriteGroup(Utf8JsonWriter json, string name, Dictionary<string, long> group)
    {
        if (group.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        string[] keys = [.. group.Keys];
        Array.Sort(keys, StringComparer.Ordinal);
        foreach (string key in keys)
        {
            WriteCount(json, key, group[key]);
        }

        json.WriteEndObject();
    }

    private static void WriteValues(Utf8JsonWriter json, string name, Dictionary<RejectedValue, long> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach ((RejectedValue value, long count) in values
            .OrderBy(entry => entry.Key.Property, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Reason, StringComparer.Ordinal)
            .ThenBy(entry => entry.Key.Sample, StringComparer.Ordinal))
        {
            json.WriteStartObject();
            json.WriteString("property", value.Property);
            json.WriteString("column", value.Column);
            json.WriteString("reason", value.Reason);
            WriteText(json, "sample", value.Sample);
            json.WriteNumber("count", count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWithheld(Utf8JsonWriter json, IReadOnlyList<WithheldSample> samples)
    {
        if (samples.Count == 0)
        {
            return;
        }

        json.WriteStartArray("withheld");
        foreach (WithheldSample sample in samples)
        {
            json.WriteStartObject();
            json.WriteString("property", sample.Property);
            json.WriteString("rule", sample.Rule);
            json.WriteString("id", sample.LegacyId);
            WriteText(json, "legacy", sample.Legacy);
            WriteText(json, "hubspot", sample.Hubspot);
            json.WriteNumber("file", sample.At.File);
            json.WriteNumber("line", sample.At.Line);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBlocks(Utf8JsonWriter json, IReadOnlyList<BlockStats> blocks)
    {
        if (blocks.All(block => block.Batches == 0))
        {
            return;
        }

        json.WriteStartArray("blocks");
        foreach (BlockStats block in blocks)
        {
            json.WriteStartObject();
            json.WriteString("name", block.Name);
            json.WriteNumber("workers", block.Workers);
            json.WriteNumber("busy_seconds", Seconds(block.Busy));
            json.WriteNumber("waiting_seconds", Seconds(block.Waiting));
            json.WriteNumber("idle_seconds", Seconds(block.Idle));
            json.WriteNumber("blocked_seconds", Seconds(block.Blocked));
            json.WriteNumber("batches", block.Batches);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWorkers(Utf8JsonWriter json, IReadOnlyList<LoggedWorker> workers)
    {
        if (workers.Count == 0)
        {
            return;
        }

        json.WriteStartArray("workers");
        foreach (LoggedWorker worker in workers)
        {
            json.WriteStartObject();
            json.WriteString("name", worker.Name);
            json.WriteString("host", worker.Host);
            json.WriteNumber("splits", worker.Splits);
            json.WriteNumber("records", worker.Records);
            json.WriteNumber("busy_seconds", worker.BusySeconds);
            json.WriteNumber("waiting_seconds", worker.WaitingSeconds);
            json.WriteNumber("idle_seconds", worker.IdleSeconds);
            json.WriteNumber("blocked_seconds", worker.BlockedSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 6);

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
        {
            json.WriteString(name, text);
        }
    }

    private static IReadOnlyList<string> ReadTexts(string text, string key)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.TryGetProperty(key, out JsonElement texts) ? [.. texts.EnumerateArray().Select(each => each.GetString()!)] : [];
    }
}

/// <summary>Where the time of a block's workers went in a run; the four times add up to it.</summary>
/// <param name="Workers">0 for the block that is only a queue.</param>
internal sealed record LoggedBlock(
    string Name, int Workers, double BusySeconds, double WaitingSeconds, double IdleSeconds, double BlockedSeconds, long Batches)
{
    /// <summary>The time of its workers.</summary>
    public double Seconds => BusySeconds + WaitingSeconds + IdleSeconds + BlockedSeconds;
}
