using System.CommandLine;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>The commands that measure whole runs.</summary>
internal static class WholeRunCommands
{
    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["full"];

    /// <summary>Makes them.</summary>
    public static RootCommand Create() => new("Benchmarks of recon.") { Full() };

    private static Command Full()
    {
        var rows = new Option<long>("--rows") { Description = "Communications.", DefaultValueFactory = _ => 1_000_000 };
        var pairs = new Option<int>("--pairs") { Description = "How often tool and SQL take turns.", DefaultValueFactory = _ => 3 };
        var strategies = new Option<string>("--strategies")
        {
            Description = "Lookup strategies, separated by commas; the first is the one of the main figures.",
            DefaultValueFactory = _ => "any,auto",
        };
        var json = new Option<bool>("--json") { Description = "One JSON document on standard output." };
        var command = new Command("full", "Whole runs of the tool and of hand-tuned SQL, taking turns on one server.")
        {
            rows, pairs, strategies, json,
        };
        command.SetAction((parse, token) => new FullRuns(
            parse.GetValue(rows),
            parse.GetValue(pairs),
            parse.GetRequiredValue(strategies).Split(','),
            Console.Error).RunAsync(parse.GetValue(json), token));
        return command;
    }
}
