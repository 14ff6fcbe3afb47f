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
        _text.Append(Steady(Cut(Verdict().Replace(run.Out, ""))));
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

    // Times, run ids, ports and places are not the same twice.
    private string Steady(string text)
    {
        text = text.Replace(folder, "OUT", StringComparison.Ordinal).Replace(Repository.Root, ".", StringComparison.Ordinal);
        text = RunId().Replace(text, "00000000-0000-0000-0000-000000000000");
        text = Timestamp().Replace(text, "2026-01-01 00:00:00");
        text = SummaryHead().Replace(text, "  seconds  rows/s");
        text = SummaryEnd().Replace(text, "  0.00  0");
        text = Seconds().Replace(text, "0.00 s");
        text = LogSeconds().Replace(text, "  0.00  00000000-");
        text = Port().Replace(text, ":5432");
        text = Database().Replace(text, "crm");
        text = LookAtIt().Replace(text, "Look at it: psql …");
        return SpacedHead().Replace(text, head => Blanks().Replace(head.Value, "  "));
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex RunId();

    [GeneratedRegex("20[0-9]{2}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(?=Z| UTC|  )")]
    private static partial Regex Timestamp();

    [GeneratedRegex(" +[0-9.]+ +[0-9,]+(?=\n)(?<=  [0-9]+[.][0-9]{2} +[0-9,]+)")]
    private static partial Regex SummaryEnd();

    [GeneratedRegex("[0-9]+[.][0-9]{1,3} s\\b")]
    private static partial Regex Seconds();

    [GeneratedRegex(" +[0-9]+[.][0-9]{2}  00000000-")]
    private static partial Regex LogSeconds();

    [GeneratedRegex("(?<=127[.]0[.]0[.]1|localhost):[0-9]{2,5}\\b")]
    private static partial Regex Port();

    [GeneratedRegex("recon_test_[0-9_]+")]
    private static partial Regex Database();

    [GeneratedRegex("Look at it: .*")]
    private static partial Regex LookAtIt();

    [GeneratedRegex(" +seconds +rows/s(?=\n)")]
    private static partial Regex SummaryHead();

    // The widths of this table follow from times.
    [GeneratedRegex("^(started +pipeline|2026-01-01 00:00:00  ).*$", RegexOptions.Multiline)]
    private static partial Regex SpacedHead();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();

    // What limited is told of a run of some seconds only, and so on a machine that has other work.
    [GeneratedRegex("^[a-z]+: (probably: )?('[^'\n]+' limits:|What (follows the last|comes before the first) |The [a-z0-9]+ cores? of ).*\n(  .*\n)*", RegexOptions.Multiline)]
    private static partial Regex Verdict();

    [GeneratedRegex("records committed|rows/s|: reading|: publishing|: indexing|: folding|% of ")]
    private static partial Regex ProgressLine();
}
