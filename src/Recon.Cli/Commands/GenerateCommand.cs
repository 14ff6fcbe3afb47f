using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Samples;

namespace Recon.Cli.Commands;

/// <summary><c>recon generate</c>: a synthetic export with its mirror.</summary>
internal static class GenerateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandBinder binder)
    {
        var rows = new Option<long>("--rows")
        {
            Description = "Communications; the other objects in proportion. Default: 10000.",
            HelpName = "N",
            DefaultValueFactory = _ => SampleOptions.Demo.Rows,
        };
        var directory = new Option<string>("--out") { Description = "The folder.", HelpName = "DIR", Required = true };
        var seed = new Option<int>("--seed")
        {
            Description = "Equal seeds give equal files. Default: the shipped sample's.",
            HelpName = "N",
            DefaultValueFactory = _ => SampleOptions.Demo.Seed,
        };
        var wellFormed = new Option<bool>("--well-formed")
        {
            Description = "No malformed CSV records, so that tools that stop at the first of these can read the files, too.",
        };
        var command = new Command("generate", "Write synthetic Bronze_*.csv files and the HubSpot mirror that fits them.")
        {
            rows, directory, seed, wellFormed,
        };
        return binder.Bind(command, (parse, invocation) => RunAsync(
            invocation,
            new SampleOptions { Rows = parse.GetValue(rows), Seed = parse.GetValue(seed), Malformed = !parse.GetValue(wellFormed) },
            parse.GetRequiredValue(directory)));
    }

    private static async Task<int> RunAsync(Invocation invocation, SampleOptions options, string directory)
    {
        if (options.Rows is < 1 or > 1_000_000_000)
        {
            throw new UsageException("--rows takes 1 to 1000000000.");
        }

        SampleFacts facts = await new SampleGenerator(options).WriteAsync(directory, invocation.Context.Signals.StopReading);
        Print(invocation, facts, directory);
        return ExitCodes.Done;
    }

    private static void Print(Invocation invocation, SampleFacts facts, string directory)
    {
        invocation.Context.Output.Write(invocation.Json ? facts.ToJson() : facts.ToMarkdown());
        invocation.Note($"Written to {Path.GetFullPath(directory)}. Load the mirror there with: psql -f mirror.sql");
    }
}
