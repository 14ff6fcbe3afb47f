using System.Text.Json.Nodes;
using Recon.Benchmarks.Results;

namespace Recon.Cli.Tests.Benchmarks;

/// <summary>A repository with README and made-up results, none of which was measured.</summary>
internal sealed class MadeUpResults : IDisposable
{
    public MadeUpResults()
    {
        Directory.CreateDirectory(Path.Combine(Root, "docs"));
        Directory.CreateDirectory(Results);
        File.WriteAllText(Targets, "before\n<!-- targets -->\n<!-- /targets -->\nafter\n");
        File.WriteAllText(Readme, "before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("recon-benchmarks-").FullName;

    public string Readme => Path.Combine(Root, "README.md");

    public string Targets => Path.Combine(Results, "README.md");

    public string Plot => Path.Combine(Root, "docs", "benchmarks.svg");

    public string Results => SavedResult.FolderOf(Root);

    public void AddAll()
    {
        AddFull(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), 4.5);
        Add("rerun", 1_000_000, new JsonObject
        {
            ["strategies"] = new JsonObject { ["auto"] = Rerun("release", 2.5), ["auto, native"] = Rerun("native", 1.5) },
            ["targets"] = new JsonArray(Judged("rerun", "auto", "release", Rerun("release", 2.5)), Judged("rerun", "auto", "native", Rerun("native", 1.5))),
        });
        Add("sweep", 1_000_000, new JsonObject
        {
            ["sizes"] = new JsonArray(Size(100_000, 7.25), Size(1_000_000, 6.5)),
        });
        Add("python", 500_000, new JsonObject
        {
            ["strategy"] = "any",
            ["python_seconds"] = 12.5,
            ["ratio_to_recon"] = 5.5,
            ["python_peak_rss_mb"] = 900,
        });
        Add("start", 10_000, new JsonObject { ["first_batch_seconds"] = 0.375, ["version_seconds"] = 0.0625 });
    }

    public void AddFull(DateTimeOffset date, double anySeconds) => Result("full", date, 1_000_000, new JsonObject
    {
        ["sql_seconds"] = 10,
        ["sql_client_cpu_seconds"] = 0.5,
        ["sql_server_cpu_seconds"] = 15.5,
        ["duckdb_seconds"] = 20,
        ["duckdb_client_cpu_seconds"] = 16,
        ["duckdb_server_cpu_seconds"] = 8,
        ["duckdb_peak_rss_mb"] = 1600,
        ["strategies"] = new JsonObject
        {
            ["any"] = Tool(anySeconds),
            ["auto"] = Tool(3.25),
        },
    }).Write(Results);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void Add(string command, long rows, JsonObject figures)
        => Result(command, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), rows, figures).Write(Results);

    private static SavedResult Result(string command, DateTimeOffset date, long rows, JsonObject figures) => new(
        command,
        date,
        rows,
        figures,
        [],
        new JsonObject { ["recon"] = "0.1.0+abc", ["dotnet"] = "10.0.0", ["postgresql"] = "17.1", ["os"] = "an OS" },
        new JsonObject { ["cpu"] = "a <fast> CPU", ["cores"] = 2, ["memory_gb"] = 8 },
        $"observed in {command}");

    private static JsonObject Tool(double seconds) => new()
    {
        ["recon_seconds"] = seconds,
        ["ratio_to_sql"] = seconds / 10,
        ["client_cpu_seconds"] = seconds,
        ["server_cpu_seconds"] = 5.5,
        ["peak_rss_mb"] = 150,
    };

    private static JsonObject Rerun(string executable, double seconds) => new()
    {
        ["strategy"] = "auto",
        ["executable"] = executable,
        ["rerun_seconds"] = seconds,
        ["rerun_client_cpu_seconds"] = seconds,
        ["rerun_server_cpu_seconds"] = 0.5,
        ["rerun_peak_rss_mb"] = 140,
        ["ratio_to_full"] = seconds / 10,
        ["cpu_ratio_to_full"] = seconds / 10,
    };

    private static JsonObject Judged(string command, string strategy, string executable, JsonObject figures)
        => Target.Judge(command, 1_000_000, strategy, executable, figures).First().ToJson();

    private static JsonObject Size(long rows, double microseconds) => new()
    {
        ["rows"] = rows,
        ["seconds"] = microseconds * rows / 1e6,
        ["wall_us_per_row"] = microseconds,
        ["client_cpu_us_per_row"] = microseconds / 2,
        ["server_cpu_us_per_row"] = microseconds / 3,
        ["peak_rss_mb"] = 150,
    };
}
