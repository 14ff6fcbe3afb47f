using System.CommandLine;
using System.Text;
using System.Text.RegularExpressions;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Commands;

public sealed partial class HelpTests
{
    [Fact]
    public async Task Help_OfEveryCommand_IsAsApproved()
    {
        var text = new StringBuilder(await HelpAsync());
        foreach (string name in Names())
        {
            text.Append("--------------------------------\n").Append(await HelpAsync(name));
        }

        await Golden.CheckAsync("help.txt", text.ToString());
    }

    [Fact]
    public async Task Readme_EveryCommand_IsNamed()
    {
        string readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"), TestContext.Current.CancellationToken);

        Assert.All(Names(), name => Assert.Matches($"`recon {name}\\b", readme));
    }

    [Fact]
    public async Task Examples_OfEveryCommand_AreCommandLinesThatParse()
    {
        foreach (string name in Names())
        {
            string help = await HelpAsync(name);
            string[] examples = [.. ExampleLine().Matches(help[help.IndexOf("Examples:", StringComparison.Ordinal)..]).Select(match => match.Value)];

            Assert.NotEmpty(examples);
            Assert.All(examples, example =>
            {
                ParseResult parse = Root().Parse(example["recon ".Length..]);
                Assert.Empty(ParseMessages.Of(parse));
                Assert.Equal(name, parse.CommandResult.Command.Name);
            });
        }
    }

    private static string[] Names() => [.. Root().Subcommands.Select(command => command.Name)];

    private static RootCommand Root()
    {
        using var context = CliContext.Of(TextWriter.Null, TextWriter.Null, _ => null, CancellationToken.None);
        return ReconCommandLine.Create(context);
    }

    private static async Task<string> HelpAsync(params string[] command)
    {
        CliRun run = await CliRun.OfAsync([.. command, "--help"]);
        Assert.Equal(0, run.ExitCode);
        // The name of the program is that of the tests here.
        string text = UsageLine().Replace(run.Out.ReplaceLineEndings("\n"), "Usage:\n  recon");
        return string.Join('\n', text.TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())) + "\n";
    }

    // Up to what the shell does with it.
    [GeneratedRegex("(?<=\\n  .*)recon [^|>)\\n]*")]
    private static partial Regex ExampleLine();

    [GeneratedRegex("Usage:\\n  [^ ]+")]
    private static partial Regex UsageLine();
}
