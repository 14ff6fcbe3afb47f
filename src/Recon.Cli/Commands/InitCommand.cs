using System.CommandLine;
using Recon.Cli.Hosting;

namespace Recon.Cli.Commands;

/// <summary><c>recon init</c>: a definition for an export and a mirror table, proposed from what both hold.</summary>
internal static class InitCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon init --csv bronze_layer/Bronze_Company.csv --table hubspot.companies --into companies.json", "Proposes the mapping, writes it with its evidence, and checks it."),
        new("recon init --csv bronze_layer/Bronze_Person.csv --into companies.json", "Finds the table, and adds a pipeline to the file."),
        new("recon init --csv bronze_layer/Bronze_Company.csv --table hubspot.companies --into - --json", "The proposal for a script; nothing is written."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var files = new Option<string[]>("--csv")
        {
            Description = "The export, or several files with the same header that are its parts.",
            HelpName = "FILE",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var table = new Option<string>("--table")
        {
            Description = "The mirror table with its schema, such as hubspot.companies. Default: the one whose keys the file's ids are.",
            HelpName = "TABLE",
        };
        var name = new Option<string>("--name") { Description = "The pipeline's name. Default: the table's.", HelpName = "NAME" };
        var into = new Option<string>("--into")
        {
            Description = "The definition to write, or to add the pipeline to; - writes it to standard output. Default: pipeline.json in the current folder, where there is none. Exit code 0: it is written, even if 'recon check' finds errors in it; they are told, with --json as check.errors.",
            HelpName = "FILE",
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask: take what the data says is likelier; the definition tells the other readings." };
        var command = new Command("init", "Propose a pipeline for an export and a mirror table from what both hold, with the evidence, and write it.")
        {
            files, table, name, into, yes,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => new InitJob(invocation, new InitArguments(
            parse.GetValue(files) ?? [], parse.GetValue(table), parse.GetValue(name), parse.GetValue(into), parse.GetValue(yes))).RunAsync());
    }
}

/// <param name="TakesLikelier">Whether nobody is asked.</param>
internal sealed record InitArguments(IReadOnlyList<string> Files, string? Table, string? Name, string? Into, bool TakesLikelier);
