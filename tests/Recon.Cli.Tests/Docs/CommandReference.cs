using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Recon.Cli.Tests.Support;

namespace Recon.Cli.Tests.Docs;

/// <summary>The help of all commands as Markdown: what each command has of its own, and once what all have.</summary>
internal sealed partial class CommandReference
{
    private const string FirstCommon = "-?, -h, --help";
    private readonly StringBuilder _common = new();
    private readonly StringBuilder _commands = new();

    /// <summary>The page's sections.</summary>
    public override string ToString() => $"""
        ## Options of every command

        | option | meaning |
        |---|---|
        {_common}
        ## Exit codes

        The [table of the README](../../README.md#when-something-breaks) holds for every command; [operations.md](../operations.md) says what to do about each.

        {_commands}
        """;

    /// <summary>Adds a command and those below it.</summary>
    /// <param name="name">Its words.</param>
    public async Task AddAsync(string name)
    {
        CliRun run = await CliRun.OfAsync([.. name.Split(' ').Skip(1), "--help"]);
        Assert.Equal(0, run.ExitCode);
        Dictionary<string, string> sections = Section().Matches(run.Out.ReplaceLineEndings("\n"))
            .ToDictionary(match => match.Groups["head"].Value, match => match.Groups["body"].Value);
        bool isRoot = !name.Contains(' ', StringComparison.Ordinal);
        (string Name, string Words)[] options = [.. Rows(sections["Options"])];
        if (isRoot)
        {
            Table(_common, null, options);
        }
        else
        {
            _commands.Append(CultureInfo.InvariantCulture, $"## {name}\n\n{sections["Description"].Trim()}\n\n`{name}{Words().Replace(sections["Usage"].Trim(), "")}`\n\n");
            Table(_commands, "argument", [.. Rows(sections.GetValueOrDefault("Arguments", ""))]);
            Table(_commands, "option", [.. options.TakeWhile(option => option.Name != FirstCommon)]);
            foreach (Match example in Example().Matches(sections.GetValueOrDefault("Examples", "")))
            {
                _commands.Append(CultureInfo.InvariantCulture, $"- `{example.Groups["line"].Value}`: {example.Groups["purpose"].Value}\n");
            }

            _commands.Append('\n');
        }

        foreach ((string command, _) in Rows(sections.GetValueOrDefault("Commands", "")))
        {
            await AddAsync($"{name} {command.Split(' ')[0]}");
        }
    }

    private static void Table(StringBuilder text, string? head, (string Name, string Words)[] rows)
    {
        if (rows.Length == 0)
        {
            return;
        }

        text.Append(head is null ? "" : $"| {head} | meaning |\n|---|---|\n");
        foreach ((string name, string words) in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{name.Replace("|", "\\|", StringComparison.Ordinal)}` | {Cell(words)} |\n");
        }

        text.Append('\n');
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);

    private static IEnumerable<(string Name, string Words)> Rows(string body)
        => Row().Matches(body).Select(match => (match.Groups["name"].Value, match.Groups["words"].Value.Trim()));

    [GeneratedRegex(@"^(?<head>[A-Z]\w+):\n(?<body>.*?)(?=\n\n(?=[A-Z]\w+:\n)|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();

    // The program is called as the one that runs the tests.
    [GeneratedRegex(@"^[\w.]+( [a-z]+)*(?= |$)")]
    private static partial Regex Words();

    [GeneratedRegex(@"^  (?<name>\S.*?)(?:  +(?<words>.*))?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^  (?<line>recon.*)\n      (?<purpose>.*)$", RegexOptions.Multiline)]
    private static partial Regex Example();
}
