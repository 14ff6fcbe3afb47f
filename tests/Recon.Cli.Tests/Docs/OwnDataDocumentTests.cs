using System.Text;
using System.Text.RegularExpressions;
using Recon.Cli.Hosting;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>The commands of the tutorial, run as they stand there on the shipped export and the demo mirror, and what they print.</summary>
public sealed partial class OwnDataDocumentTests(PostgresServer server)
{
    private const int MostLines = 40;

    private static readonly string s_page = Path.Combine(Repository.Root, "docs", "own-data.md");

    [Fact]
    public async Task Page_EveryCommand_PrintsWhatStandsThere()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using TempFolder folder = new();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs", "sample", "own-data"), "*.csv"))
        {
            File.Copy(file, folder.File(Path.GetFileName(file)));
        }

        string page = await File.ReadAllTextAsync(s_page);
        var text = new StringBuilder();
        int at = 0;
        foreach (Match block in Block().Matches(page))
        {
            text.Append(page, at, block.Index - at).Append("```console\n");
            foreach (Match command in CommandLine().Matches(block.Value))
            {
                text.Append(command.Value).Append('\n').Append(await RunAsync(command.Groups["line"].Value, folder.Path, database));
            }

            text.Append("```");
            at = block.Index + block.Length;
        }

        text.Append(page, at, page.Length - at);
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(s_page, text.ToString());
        }

        Assert.Equal(await File.ReadAllTextAsync(s_page), text.ToString());
        Assert.True(at > 0);
    }

    [Fact]
    public async Task Page_CommandsThatAreOnlyNamed_AreCommandLines()
    {
        using var context = CliContext.Of(TextWriter.Null, TextWriter.Null, _ => null, CancellationToken.None);
        string[] lines =
        [
            .. ShellBlock().Matches(await File.ReadAllTextAsync(s_page)).SelectMany(block => block.Groups["lines"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries))
                .Where(line => line.StartsWith("recon ", StringComparison.Ordinal)),
        ];

        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.Empty(ParseMessages.Of(ReconCommandLine.Create(context).Parse(line["recon ".Length..]))));
    }

    private static async Task<string> RunAsync(string line, string folder, TestDatabase database)
    {
        await using CliProcess process = CliProcess.StartScript(
            folder, $"program=\"$1\"; export RECON_POSTGRES=\"$2\"; recon() {{ \"$program\" \"$@\"; }}\n{line}", database.ConnectionString);
        CliRun run = await process.EndAsync();
        Assert.True(run.ExitCode == 0, $"{line} ended with {run.ExitCode}:\n{run.Error}{run.Out}");
        if (run.Out.Trim().Length == 0)
        {
            return "";
        }

        string[] lines = SteadyText.WithoutVerdict(run.Out.ReplaceLineEndings("\n")).TrimEnd('\n').Split('\n');
        string shown = lines.Length <= MostLines ? string.Join('\n', lines) : string.Join('\n', lines.Take(MostLines)) + $"\n… {lines.Length - MostLines} more lines";
        return SteadyText.Of(shown.Replace(folder + "/", "", StringComparison.Ordinal) + "\n");
    }

    [GeneratedRegex("```console\n.*?```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("```sh\n(?<lines>.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("^\\$ (?<line>.+)$", RegexOptions.Multiline)]
    private static partial Regex CommandLine();
}
