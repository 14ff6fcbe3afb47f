using System.CommandLine;
using System.Globalization;
using Recon.Benchmarks.Profiling;
using Recon.Benchmarks.Reporting;
using Recon.Benchmarks.Results;
using Recon.Benchmarks.Scaling;
using Recon.Benchmarks.Workers;

namespace Recon.Benchmarks.WholeRuns;

/// <summary>The commands that measure whole runs.</summary>
internal static class WholeRunCommands
{
    private static readonly string[] s_strategies = ["any", "cache", "auto"];
    private static readonly Command[] s_commands = [Full(), Rerun(), Sweep(), Start(), Python(), Facets(), Push(), Init(), Workers(), Profile(), Scale(), Prepare(), Report(), DuckDb.CreateCommand()];

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
        Option<int> pairs = Times("--pairs", "How often the tool and its rivals take turns.", 3);
        Option<string[]> strategies = Strategies();
        Option<IReadOnlyList<ReconExecutable>> recon = Recon();
        var withoutDuckDb = new Option<bool>("--no-duckdb") { Description = "Leave DuckDB out." };
        var findings = new FindingOptions();
        var command = new Command("full", "Whole runs of the tool, of hand-tuned SQL and of DuckDB, taking turns on one server.")
        {
            rows, pairs, strategies, recon, withoutDuckDb,
        };
        findings.SetAction(command, (parse, wanted, token) => new FullRuns(
            parse.GetValue(rows),
            parse.GetValue(pairs),
            parse.GetRequiredValue(recon),
            parse.GetRequiredValue(strategies),
            !parse.GetValue(withoutDuckDb),
            wanted,
            Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Rerun()
    {
        Option<long> rows = Rows(1_000_000);
        Option<int> pairs = Times("--pairs", "How often run, change and run again take turns.", 3);
        Option<string> strategy = Strategy("auto");
        Option<IReadOnlyList<ReconExecutable>> recon = Recon();
        var parents = new Option<bool>("--parents") { Description = "Change one in a hundred of the mirror's parents, too." };
        var findings = new FindingOptions();
        var command = new Command("rerun", "A run after one in a hundred records of export and mirror have changed, against a full run.")
        {
            rows, pairs, strategy, recon, parents,
        };
        findings.SetAction(command, (parse, wanted, token) => new RerunRuns(
            parse.GetValue(rows),
            parse.GetValue(pairs),
            parse.GetValue(parents),
            parse.GetRequiredValue(recon),
            parse.GetRequiredValue(strategy),
            wanted,
            Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Sweep()
    {
        Option<long[]> rows = Sizes(100_000, 1_000_000);
        var runs = new Option<int[]>("--runs")
        {
            Description = "Runs for each size, of which the median counts: one number for all, or one for each, separated by commas.",
            CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))],
            DefaultValueFactory = _ => [3],
        };
        Option<string[]> strategies = Strategies();
        Option<IReadOnlyList<ReconExecutable>> recon = Recon();
        var findings = new FindingOptions();
        var command = new Command("sweep", "What a record costs, over sizes of the export.") { rows, runs, strategies, recon };
        command.Validators.Add(result =>
        {
            int[] times = result.GetRequiredValue(runs);
            if (times.Length != 1 && times.Length != result.GetRequiredValue(rows).Length)
            {
                result.AddError("--runs takes one number, or as many as --rows.");
            }
        });
        findings.SetAction(command, (parse, wanted, token) =>
        {
            long[] sizes = parse.GetRequiredValue(rows);
            int[] times = parse.GetRequiredValue(runs);
            return new SweepRuns(
                sizes,
                times.Length == 1 ? [.. sizes.Select(_ => times[0])] : times,
                parse.GetRequiredValue(recon),
                parse.GetRequiredValue(strategies),
                wanted,
                Console.Error.WriteLine).RunAsync(token);
        });
        return command;
    }

    private static Command Prepare()
    {
        Option<long[]> rows = Sizes(10_000, 1_000_000);
        var command = new Command("prepare", "Generate exports and mirrors of these sizes for the other commands, and measure nothing.") { rows };
        command.SetAction(async (parse, token) =>
        {
            foreach (long size in parse.GetRequiredValue(rows))
            {
                await using Workbench bench = await Workbench.OpenAsync(size, Console.Error.WriteLine, token);
                await Console.Error.WriteLineAsync($"{bench.Folder} is ready.");
            }

            return 0;
        });
        return command;
    }

    private static Command Python()
    {
        Option<long> rows = Rows(100_000);
        Option<int> pairs = Times("--pairs", "How often tool and Python take turns.", 3);
        Option<string> strategy = Strategy("any");
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
        Option<IReadOnlyList<ReconExecutable>> recon = Recon();
        var findings = new FindingOptions();
        var command = new Command("start", "From the start of the process to its first committed batch, on a prepared server; and --version.")
        {
            rows, runs, recon,
        };
        findings.SetAction(command, (parse, wanted, token) => new StartRuns(
            parse.GetValue(rows), parse.GetValue(runs), parse.GetRequiredValue(recon), wanted, Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Facets()
    {
        var rows = new Option<long>("--rows") { Description = "Staged rows.", DefaultValueFactory = _ => 3_000_000 };
        var findings = new FindingOptions();
        var command = new Command("facets", "What the page of recon review waits for: counts by facet, pages and searches over staged rows that the server makes.") { rows };
        findings.SetAction(command, (parse, wanted, token) => new FacetRuns(parse.GetValue(rows), wanted, Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Push()
    {
        Option<long> rows = Rows(1_000_000);
        Option<IReadOnlyList<ReconExecutable>> recon = Recon();
        var sizes = new Option<long[]>("--records")
        {
            Description = "Records of each plan, separated by commas.",
            CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => long.Parse(text, CultureInfo.InvariantCulture))],
            DefaultValueFactory = _ => [10_000, 100_000],
        };
        var findings = new FindingOptions();
        var command = new Command("push", "Planning, approving and pushing records to a sandbox without limits, in this process.") { rows, sizes, recon };
        findings.SetAction(command, (parse, wanted, token) => new PushRuns(
            parse.GetValue(rows), parse.GetRequiredValue(sizes), parse.GetRequiredValue(recon)[0], wanted, Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Init()
    {
        var rows = new Option<long>("--rows") { Description = "Records of the mirror.", DefaultValueFactory = _ => 100_000 };
        Option<IReadOnlyList<ReconExecutable>> recon = Recon();
        var findings = new FindingOptions();
        var command = new Command("init", "From an export of forty columns that nobody has described to a published run: recon init, then recon run.") { rows, recon };
        findings.SetAction(command, (parse, wanted, token) => new InitRuns(
            parse.GetValue(rows), parse.GetRequiredValue(recon)[0], wanted, Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Workers()
    {
        Option<long> rows = Rows(1_000_000);
        var workers = new Option<int[]>("--workers")
        {
            Description = "Numbers of workers, separated by commas; the first is what the others are compared with.",
            CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))],
            DefaultValueFactory = _ => [1, 2, 4],
        };
        var share = new Option<double>("--share") { Description = "The share of a core that each worker gets.", DefaultValueFactory = _ => 0.1 };
        share.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is < 0.05 or > 1)
            {
                result.AddError("--share takes 0.05 to 1.");
            }
        });
        Option<int> rounds = Times("--rounds", "How often the numbers of workers take turns, of which the median counts.", 3);
        var takeOvers = new Option<int>("--take-overs") { Description = "How often a coordinator is killed; 0 for never.", DefaultValueFactory = _ => 10 };
        Option<IReadOnlyList<ReconExecutable>> recon = Recon();
        var findings = new FindingOptions();
        var command = new Command("workers", "Records a second by workers that have a share of a core each, and the time that a killed coordinator costs.")
        {
            rows, workers, share, rounds, takeOvers, recon,
        };
        findings.SetAction(command, (parse, wanted, token) => new WorkerRuns(
            parse.GetValue(rows),
            parse.GetRequiredValue(workers),
            parse.GetValue(share),
            parse.GetValue(rounds),
            parse.GetValue(takeOvers),
            parse.GetRequiredValue(recon)[0],
            wanted,
            Console.Error.WriteLine).RunAsync(token));
        return command;
    }

    private static Command Profile()
    {
        Option<long> rows = Rows(1_000_000);
        Option<string> strategy = Strategy("any");
        var write = new Option<bool>("--write") { Description = "Refresh the profile in docs/tuning.md." };
        var command = new Command("profile", "Where the time of a full run goes: blocks, waits, CPU, allocations.") { rows, strategy, write };
        command.SetAction((parse, token) => ProfileCommand.RunAsync(
            parse.GetValue(rows), parse.GetRequiredValue(strategy), parse.GetValue(write), Console.Error.WriteLine, token));
        return command;
    }

    private static Command Scale()
    {
        Option<int> cores = Times("--cores", "Cores that the search of recon tune is told of.", 16);
        var command = new Command("scale", "How the graph scales with more cores, shown with delays in place of work, against the model.") { cores };
        command.SetAction((parse, token) => ScaleCommand.RunAsync(parse.GetValue(cores), token));
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

    private static Option<long[]> Sizes(params long[] standard) => new("--rows")
    {
        Description = "Numbers of communications, separated by commas.",
        CustomParser = result => [.. result.Tokens[0].Value.Split(',').Select(text => long.Parse(text, CultureInfo.InvariantCulture))],
        DefaultValueFactory = _ => standard,
    };

    private static Option<string> Strategy(string standard)
    {
        var option = new Option<string>("--strategy") { Description = "The lookup strategy.", DefaultValueFactory = _ => standard };
        option.AcceptOnlyFromAmong(s_strategies);
        return option;
    }

    private static Option<string[]> Strategies()
    {
        var option = new Option<string[]>("--strategies")
        {
            Description = "Lookup strategies, separated by commas; the first is the one of the main figures.",
            CustomParser = result => result.Tokens[0].Value.Split(','),
            DefaultValueFactory = _ => ["any", "auto"],
        };
        option.Validators.Add(result =>
        {
            if (result.GetRequiredValue(option).Except(s_strategies).FirstOrDefault() is { } unknown)
            {
                result.AddError($"--strategies knows {string.Join(", ", s_strategies)}, and not '{unknown}'.");
            }
        });
        return option;
    }

    private static Option<IReadOnlyList<ReconExecutable>> Recon()
    {
        var option = new Option<IReadOnlyList<ReconExecutable>>("--recon")
        {
            Description = "The executables that are measured, taking turns: release=PATH,native=PATH. The first one's figures are the main ones. Default: the Release build.",
            CustomParser = result => ReconExecutable.Parse(result.Tokens[0].Value),
            DefaultValueFactory = _ => [ReconExecutable.Release],
        };
        option.Validators.Add(result =>
        {
            if (ReconExecutable.Problem(result.GetRequiredValue(option)) is { } problem)
            {
                result.AddError(problem);
            }
        });
        return option;
    }
}
