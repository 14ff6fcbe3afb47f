using System.Text.Json;
using System.Text.Json.Serialization;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Telemetry;

namespace Recon.Postgres.Runs.Live;

/// <summary>
/// What a run is doing, at one moment: what the live view draws, the heartbeat writes, and <c>recon top</c> reads. It holds
/// names, counts and times, no value of a record. What a newer or older recon left out is empty.
/// </summary>
internal sealed record RunProgress
{
    public required string Pipeline { get; init; }

    public required Guid RunId { get; init; }

    /// <summary><c>opening</c>, <c>reading</c>, <c>indexing</c>, <c>folding</c>, <c>settling</c>, <c>publishing</c> or <c>searching</c>.</summary>
    public required string Phase { get; init; }

    /// <summary>Since the run began.</summary>
    public double Seconds { get; init; }

    public double PhaseSeconds { get; init; }

    /// <summary>What a phase other than the reading waits for; <see langword="null"/> while records are read.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Whether somebody holds the reader.</summary>
    public bool Paused { get; init; }

    /// <summary>Whether it reads no more, and ends with what is in flight.</summary>
    public bool Stopping { get; init; }

    public long BytesRead { get; init; }

    /// <summary><see langword="null"/> when nobody knows.</summary>
    public long? BytesTotal { get; init; }

    /// <summary>The share of the input, or of the limit, that was read, 0 to 1; <see langword="null"/> if unknown.</summary>
    public double? Share { get; init; }

    /// <summary>Until the input is read, at the speed of the last seconds; <see langword="null"/> where it cannot be told.</summary>
    public double? EtaSeconds { get; init; }

    /// <summary>Records committed a second, in the last seconds.</summary>
    public double RowsPerSecond { get; init; }

    /// <summary>The same since the first record.</summary>
    public double MeanRowsPerSecond { get; init; }

    /// <summary>Records that earlier processes committed, when the run is resumed.</summary>
    public long RecordsBefore { get; init; }

    public long MemoryBytes { get; init; }

    public long Commits { get; init; }

    /// <summary>Rows of committed batches, as COPY sent them.</summary>
    public long CopiedBytes { get; init; }

    /// <summary>The same a second, in the last seconds.</summary>
    public double CopyBytesPerSecond { get; init; }

    public RowAccount Account { get => field ?? RowAccount.None; init; }

    /// <summary>Rejected records by reason.</summary>
    public IReadOnlyDictionary<string, long> Rejects { get => field ?? new Dictionary<string, long>(); init; }

    /// <summary>In the order in which a batch passes them.</summary>
    public IReadOnlyList<BlockProgress> Blocks { get => field ?? []; init; }

    public IReadOnlyList<LookupProgress> Lookups { get => field ?? []; init; }

    /// <summary>The workers that share the run, those that have left included; <see langword="null"/> for a run that does everything itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<WorkerProgress>? Workers { get; init; }

    /// <summary>What limits so far; <see langword="null"/> before the first batch.</summary>
    public VerdictProgress? Verdict { get; init; }

    /// <summary>Whether nothing is written.</summary>
    public bool DryRun { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, ProgressJson.Default.RunProgress);

    /// <returns>The record; <see langword="null"/> when the text is none, such as one of another version of recon.</returns>
    public static RunProgress? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, ProgressJson.Default.RunProgress);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What became of the records of committed batches: <c>read = staged + folded + filtered + rejected</c>.</summary>
internal sealed record RowAccount(
    long Read,
    long Staged,
    long Folded,
    long Filtered,
    long Rejected,
    long Matched,
    long Unmatched,
    long Ambiguous,
    long Conflict,
    long WithChanges)
{
    public static RowAccount None { get; } = Of(new BatchCounts());

    public static RowAccount Of(BatchCounts counts) => new(
        counts.Read,
        counts.Staged,
        counts.Folded,
        counts.Filtered,
        counts.Rejected,
        counts.Matched,
        counts.Unmatched,
        counts.Ambiguous,
        counts.Conflict,
        counts.WithChanges);
}

/// <summary>A block: the four times of its workers add up to their time since the first batch.</summary>
/// <param name="Workers">0 for the block that is only a queue.</param>
/// <param name="Queued">Batches that wait for it, or for the next one.</param>
/// <param name="Capacity">Batches that it holds at most; 0 for the reader, which holds only the one being read.</param>
/// <param name="QueueHistory">The former values of <paramref name="Queued"/>, one a second, latest last.</param>
internal sealed record BlockProgress(
    string Name,
    string Kind,
    int Workers,
    double BusySeconds,
    double WaitingSeconds,
    double IdleSeconds,
    double BlockedSeconds,
    long Batches,
    long Queued,
    int Capacity,
    IReadOnlyList<long>? QueueHistory);

/// <summary>A lookup.</summary>
/// <param name="Ids">Distinct ids of batches: asked for, remembered and cached. 0 for a lookup of a hosting program.</param>
/// <param name="Remembered">Ids known from earlier batches.</param>
/// <param name="Cached">Ids answered from a table in memory.</param>
/// <param name="Records">Records that had something to look for.</param>
/// <param name="Hits">Those for which something was found.</param>
/// <param name="P50Seconds">The median of the latest answers; <see langword="null"/> before the first.</param>
/// <param name="P95Seconds">What 95 of 100 of them did not exceed.</param>
internal sealed record LookupProgress(
    string Name, long Ids, long Remembered, long Cached, long Records, long Hits, double? P50Seconds, double? P95Seconds);

/// <summary>What limits; <c>recon run --json</c> has it, too.</summary>
/// <param name="Limit">A word for it, such as <c>lookup_answers</c>.</param>
/// <param name="Sure"><c>clear</c>, <c>likely</c> or <c>unclear</c>.</param>
/// <param name="Change">The keys of a block of the definition to change, as JSON.</param>
internal sealed record VerdictProgress(
    string Limit, string? Block, string Sure, double Share, string Finding, string Advice, JsonElement? Change)
{
    public static VerdictProgress Of(Verdict verdict) => new(
        JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.Limit.ToString()),
        verdict.Block,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(verdict.Sure.ToString()),
        Math.Round(verdict.Share, 4),
        verdict.Finding,
        verdict.Advice,
        verdict.Change is { } change ? JsonElement.Parse(change) : null);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunProgress))]
internal sealed partial class ProgressJson : JsonSerializerContext;
