using System.Text.Json;
using Recon.Postgres.Runs.Live;

namespace Recon.Cli.Tests.Rendering.Live;

/// <summary>Runs in the middle of something, made up.</summary>
internal static class MadeUpRuns
{
    public static RunProgress Opening { get; } = new()
    {
        Pipeline = "communications",
        RunId = Guid.Parse("01a21ab9-0f5e-7000-8000-000000000001"),
        Phase = "opening",
        WaitsFor = "the catalog, the checks of the input, and tables that are cached",
        Seconds = 3.2,
        PhaseSeconds = 3.2,
        BytesTotal = 2_700_000_000,
        MemoryBytes = 98_000_000,
    };

    public static RunProgress Reading { get; } = Opening with
    {
        Phase = "reading",
        WaitsFor = null,
        Seconds = 83,
        PhaseSeconds = 80,
        BytesRead = 1_225_000_000,
        Share = 0.4537,
        EtaSeconds = 102,
        RowsPerSecond = 48_210.4,
        MeanRowsPerSecond = 45_120,
        MemoryBytes = 312_000_000,
        Commits = 2051,
        CopiedBytes = 1_400_000_000,
        CopyBytesPerSecond = 38_200_000,
        Account = new(4_102_000, 4_100_100, 0, 1_200, 700, 3_600_000, 480_000, 20_000, 100, 1_200_000),
        Rejects = new Dictionary<string, long> { ["id-missing"] = 120, ["field-count"] = 500, ["id-malformed"] = 80 },
        Blocks =
        [
            new("csv", "csv", 1, 20, 0, 0.5, 59.5, 2060, 0, 0, null),
            new("batch", "batch", 0, 0, 0, 0, 0, 0, 2, 2, [0, 1, 2, 2, 2, 2, 2, 2, 2, 2]),
            new("match", "lookup", 2, 10, 60, 2, 88, 2056, 4, 4, [1, 2, 4, 4, 4, 3, 4, 4, 4, 4]),
            new("contact", "lookup", 1, 4, 73, 2, 1, 2053, 2, 2, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2]),
            new("diff", "diff", 1, 24, 0, 55, 1, 2052, 0, 2, [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
            new("stage", "stage", 2, 3, 50, 107, 0, 2051, 0, 2, [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
        ],
        Lookups =
        [
            new("match", 4_102_000, 0, 0, 4_101_300, 3_610_000, 0.0121, 0.0404),
            new("contact", 3_800_000, 3_420_000, 0, 3_900_000, 3_300_000, 0.0362, 0.0655),
        ],
        Verdict = new(
            "lookup_answers",
            "contact",
            "clear",
            0.91,
            "'contact' limits: its one worker waits for the server for 91 % of the time.",
            "More questions at a time may help, if the server has processors left, or an index on the key: 'recon check' shows missing ones.",
            JsonElement.Parse("""{"kind": "lookup", "name": "contact", "parallelism": 2, "capacity": 4}""")),
    };

    public static RunProgress Paused { get; } = Reading with { Paused = true, RowsPerSecond = 0 };

    public static RunProgress Resumed { get; } = Reading with
    {
        Stopping = true,
        RecordsBefore = 1_000_000,
        BytesTotal = null,
        Share = null,
        EtaSeconds = null,
        Rejects = new Dictionary<string, long>(),
        Verdict = Reading.Verdict! with { Limit = "nothing", Sure = "unclear", Finding = "No block limits: even 'match' is at work for only 44 % of the time.", Advice = "", Change = null },
    };

    public static RunProgress Indexing { get; } = Reading with
    {
        Phase = "indexing",
        WaitsFor = "PostgreSQL, which builds the indexes of the result",
        Seconds = 190,
        PhaseSeconds = 12,
        BytesRead = 2_700_000_000,
        Share = 1,
        EtaSeconds = null,
        RowsPerSecond = 0,
        Account = new(8_900_000, 8_897_100, 0, 1_200, 1_700, 7_800_000, 1_057_000, 40_000, 100, 2_600_000),
    };
}
