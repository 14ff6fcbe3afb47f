using System.Text;
using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>Writes a page of commands with what they really say, but for what differs from run to run by nature.</summary>
internal sealed partial class GuideDocument(TestDatabase database, string folder, Dictionary<string, string> environment)
{
    private const int MostLines = 28;
    private readonly SortedDictionary<int, StringBuilder> _sections = [];
    private StringBuilder _text = new();

    /// <summary>The page.</summary>
    public override string ToString() => string.Concat(_sections.Values);

    /// <summary>Goes on in a section; the page has them in the order of their numbers.</summary>
    public void Section(int number, string text)
    {
        _text = new StringBuilder();
        _sections.Add(number, _text);
        Write(text);
    }

    /// <summary>Adds text.</summary>
    public void Write(string text) => _text.Append(text.ReplaceLineEndings("\n").TrimEnd('\n')).Append("\n\n");

    /// <summary>Runs a command and adds it with its output.</summary>
    /// <param name="exitCode">The exit code that it must have.</param>
    /// <param name="args">The arguments as a reader would write them: <c>OUT</c> stands for a folder.</param>
    public async Task RunAsync(int exitCode, params string[] args)
    {
        string[] real = [.. args.Select(arg => arg.Replace("OUT", folder, StringComparison.Ordinal))];
        Dictionary<string, string> variables = new(environment) { ["RECON_POSTGRES"] = database.ConnectionString };
        CliRun run = await CliRun.InAsync(variables, [.. real, "--definition", DemoDatabase.Definition]);
        Assert.True(run.ExitCode == exitCode, $"recon {string.Join(' ', args)} ended with {run.ExitCode}:\n{run.Out}\n{run.Error}");
        _text.Append("```console\n$ recon ").Append(string.Join(' ', args.Select(Quoted))).Append('\n');
        _text.Append(Steady(Cut(SteadyText.WithoutVerdict(run.Out))));
        string messages = string.Join('\n', run.Error.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !IsProgress(line)));
        _text.Append(messages.Length == 0 ? "" : Steady(messages) + "\n");
        _text.Append(exitCode == 0 ? "" : $"(exit code {exitCode})\n").Append("```\n\n");
    }

    private static string Quoted(string arg) => arg.AsSpan().ContainsAny(" ;$'") ? $"'{arg}'" : arg;

    private static bool IsProgress(string line) => ProgressLine().IsMatch(line);

    private static string Cut(string text)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        return lines.Length <= MostLines + 1
            ? string.Join('\n', lines)
            : string.Join('\n', lines.Take(MostLines)) + $"\n… {lines.Length - MostLines - 1} more lines\n";
    }

    private string Steady(string text)
        => SteadyText.Of(text.Replace(folder, "OUT", StringComparison.Ordinal).Replace(Repository.Root, ".", StringComparison.Ordinal));

    [GeneratedRegex("records committed|rows/s|: reading|: publishing|: indexing|: folding|% of ")]
    private static partial Regex ProgressLine();
}
