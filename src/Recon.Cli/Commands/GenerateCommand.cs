using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Samples;

namespace Recon.Cli.Commands;

/// <summary><c>recon generate</c>: a synthetic export with its mirror.</summary>
internal static class GenerateCommand
{
    private const string Explanation = "The number of records that a run of the shipped definition over these files must find, by pipeline:";

    private static readonly Example[] s_examples =
    [
        new("recon generate --rows 1000000 --out big", "A million synthetic communications and what belongs to them."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var rows = new Option<long>("--rows")
        {
            Description = "Number of communications; the other objects follow in proportion.",
            HelpName = "N",
            DefaultValueFactory = _ => SampleOptions.Demo.Rows,
        };
        var directory = new Option<string>("--out") { Description = "The folder to write to.", HelpName = "DIR", Required = true };
        var seed = new Option<int>("--seed")
        {
            Description = "The seed: equal seeds give equal files. The default is that of the shipped sample.",
            HelpName = "N",
            DefaultValueFactory = _ => SampleOptions.Demo.Seed,
        };
        var wellFormed = new Option<bool>("--well-formed")
        {
            Description = "Write no malformed CSV records, for tools that stop at the first one.",
        };
        var command = new Command("generate", "Write synthetic Bronze_*.csv files and the matching HubSpot mirror.")
        {
            rows, directory, seed, wellFormed,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            new SampleOptions { Rows = parse.GetValue(rows), Seed = parse.GetValue(seed), Malformed = !parse.GetValue(wellFormed) },
            parse.GetRequiredValue(directory)));
    }

    private static async Task<int> RunAsync(Invocation invocation, SampleOptions options, string directory)
    {
        if (options.Rows is < 1 or > 1_000_000_000)
        {
            throw new UsageException("--rows takes a number from 1 to 1,000,000,000.");
        }

        SampleFacts facts = await new SampleGenerator(options).WriteAsync(directory, invocation.Context.Signals.StopReading);
        Print(invocation, facts, directory);
        return ExitCodes.Done;
    }

    private static void Print(Invocation invocation, SampleFacts facts, string directory)
    {
        invocation.HasActed = true;
        invocation.Text(invocation.Json ? facts.ToJson() : $"{Explanation}\n\n{facts.ToMarkdown()}");
        invocation.Note($"Written to {Path.GetFullPath(directory)}. To load the mirror, run in that folder: psql -f mirror.sql");
    }
}
