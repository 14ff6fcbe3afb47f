using System.CommandLine;
using System.Globalization;
using Recon.Benchmarks.Profiling;
using Recon.Benchmarks.Reporting;
using Recon.Benchmarks.Results;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>The commands that measure whole runs.</summary>
internal static class WholeRunCommands
{
    private static readonly Command[] s_commands = [Full(), Sweep(), Python(), Start(), Profile(), Report()];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_commands.Select(command => command.Name)];

    /// <summary>Makes them.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Benchmarks of recon. Without one of these commands, arguments go to BenchmarkDotNet.");
        foreach (Command command in s_commands)
        {
            root.Add(command);
        }

        return root;
    }

    private static Command Full()
    {
        Option<long> rows = Rows(1_000_000);
        Option<int> pairs = Times("--pairs", "How often tool and SQL take turns.", 3);
        var strategies = new Option<string>("--strategies")
        {
            Description = "Lookup strategies, separated by commas; the first is the one of the main figures.",
            DefaultValueFactory = _ => "any,auto",
        };
        var findings = new FindingOptions();
        var command = new Command("full", "Whole runs of the tool and of hand-tuned SQL, taking turns on one server.")
        {
            rows, pairs, strategies,
        };
        findings.SetAction(command, (parse, wanted, token) => new FullRuns(
            parse.GetValue(rows),
            parse.GetValue(pairs),
            parse.GetRequiredValue(strategies).Split(','),
            wanted,
            Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Sweep()
    {
        var rows = new Option<long[]>("--rows")
        {
            Description = "Numbers of communications, separated by commas.",
            CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => long.Parse(text, CultureInfo.InvariantCulture))],
            DefaultValueFactory = _ => [100_000, 1_000_000],
        };
        Option<int> runs = Times("--runs", "Runs for each size, of which the median counts.", 3);
        Option<string> strategy = Strategy();
        var findings = new FindingOptions();
        var command = new Command("sweep", "What a record costs, over sizes of the export.") { rows, runs, strategy };
        findings.SetAction(command, (parse, wanted, token) => new SweepRuns(
            parse.GetRequiredValue(rows),
            parse.GetValue(runs),
            parse.GetRequiredValue(strategy),
            wanted,
            Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Python()
    {
        Option<long> rows = Rows(100_000);
        Option<int> pairs = Times("--pairs", "How often tool and Python take turns.", 3);
        Option<string> strategy = Strategy();
        var findings = new FindingOptions();
        var command = new Command(
            "python", "The tool and a straightforward pipeline of pandas and psycopg2, taking turns; skipped where they are missing.")
        {
            rows, pairs, strategy,
        };
        findings.SetAction(command, (parse, wanted, token) => new PythonRuns(
            parse.GetValue(rows),
            parse.GetValue(pairs),
            parse.GetRequiredValue(strategy),
            wanted,
            Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Start()
    {
        Option<long> rows = Rows(10_000);
        Option<int> runs = Times("--runs", "Runs, of which the median counts.", 11);
        var findings = new FindingOptions();
        var command = new Command("start", "From the start of the process to its first committed batch, on a prepared server.") { rows, runs };
        findings.SetAction(command, (parse, wanted, token) => new StartRuns(
            parse.GetValue(rows), parse.GetValue(runs), wanted, Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Profile()
    {
        Option<long> rows = Rows(1_000_000);
        Option<string> strategy = Strategy();
        var write = new Option<bool>("--write") { Description = "Refresh the profile in docs/tuning.md." };
        var command = new Command("profile", "Where the time of a full run goes: blocks, waits, CPU, allocations.") { rows, strategy, write };
        command.SetAction((parse, token) => ProfileCommand.RunAsync(
            parse.GetValue(rows), parse.GetRequiredValue(strategy), parse.GetValue(write), Console.Error.WriteLine, token));
        return command;
    }

    private static Command Report()
    {
        var command = new Command("report", "Make docs/benchmarks.svg and the table in README.md from the newest saved results.");
        command.SetAction(_ => BenchmarksReport.Write(Workbench.Root, Console.Out));
        return command;
    }

    private static Option<long> Rows(long standard)
    {
        var option = new Option<long>("--rows") { Description = "Communications.", DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 1)
            {
                result.AddError("--rows must be at least 1.");
            }
        });
        return option;
    }

    private static Option<int> Times(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError($"{name} must be at least 1.");
            }
        });
        return option;
    }

    private static Option<string> Strategy()
    {
        var option = new Option<string>("--strategy") { Description = "The lookup strategy.", DefaultValueFactory = _ => "any" };
        option.AcceptOnlyFromAmong("any", "cache", "auto");
        return option;
    }
}
