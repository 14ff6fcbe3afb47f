using System.Text.Json;
using Recon.Dataflow.Telemetry;

namespace Recon.Postgres.Staging;

/// <summary>The course of a run as JSON, in the log's document: whole milliseconds and records by part of its time, so that it stays small.</summary>
internal static class CourseJson
{
    /// <summary>A run of fewer parts, each of a second or more, has no course that is worth telling.</summary>
    public const int LeastParts = 5;

    private const string Course = "course";

    private static readonly (string Name, Func<BlockTimes, TimeSpan> Time)[] s_times =
        [("busy", times => times.Busy), ("waiting", times => times.Waiting), ("idle", times => times.Idle), ("blocked", times => times.Blocked)];

    /// <param name="moments">Sums; written is what each adds to the one before.</param>
    public static void Write(Utf8JsonWriter json, IReadOnlyList<GraphMoment> moments)
    {
        if (moments.Count < LeastParts)
        {
            return;
        }

        json.WriteStartObject(Course);
        WriteParts(json, "milliseconds", moments, moment => Milliseconds(moment.At));
        WriteParts(json, "records", moments, moment => moment.Records);
        json.WriteStartArray("blocks");
        for (int block = 0; block < moments[0].Times.Count; block++)
        {
            json.WriteStartObject();
            foreach ((string name, Func<BlockTimes, TimeSpan> time) in s_times)
            {
                WriteParts(json, name, moments, moment => Milliseconds(time(moment.Times[block])));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The parts of a run's time, the first one first; none of a short run, or one of an earlier version.</summary>
    public static IReadOnlyList<LoggedPart> Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        if (!document.RootElement.TryGetProperty(Course, out JsonElement course))
        {
            return [];
        }

        long[] lengths = Numbers(course, "milliseconds");
        long[] records = Numbers(course, "records");
        long[][][] blocks = [.. course.GetProperty("blocks").EnumerateArray().Select(block => s_times.Select(time => Numbers(block, time.Name)).ToArray())];
        return
        [
            .. lengths.Select((length, part) => new LoggedPart(
                lengths.Take(part).Sum() / 1000.0,
                length / 1000.0,
                records[part],
                [.. blocks.Select(times => new LoggedTimes(times[0][part] / 1000.0, times[1][part] / 1000.0, times[2][part] / 1000.0, times[3][part] / 1000.0))])),
        ];
    }

    // Sums are rounded, not differences: what is lost does not add up.
    private static void WriteParts(Utf8JsonWriter json, string name, IReadOnlyList<GraphMoment> moments, Func<GraphMoment, long> sum)
    {
        json.WriteStartArray(name);
        long before = 0;
        foreach (GraphMoment moment in moments)
        {
            long now = sum(moment);
            json.WriteNumberValue(now - before);
            before = now;
        }

        json.WriteEndArray();
    }

    private static long Milliseconds(TimeSpan time) => (long)Math.Round(time.TotalMilliseconds);

    private static long[] Numbers(JsonElement of, string name) => [.. of.GetProperty(name).EnumerateArray().Select(number => number.GetInt64())];
}

/// <summary>A part of a run's time.</summary>
/// <param name="Second">When it began, since the first batch.</param>
/// <param name="Seconds">How long it is.</param>
/// <param name="Records">Records that were committed in it.</param>
/// <param name="Blocks">The times of each block's workers, in the order of <see cref="LoggedBlock"/>.</param>
internal sealed record LoggedPart(double Second, double Seconds, long Records, IReadOnlyList<LoggedTimes> Blocks);

/// <summary>Where the time of a block's workers went, in seconds.</summary>
internal readonly record struct LoggedTimes(double Busy, double Waiting, double Idle, double Blocked);
