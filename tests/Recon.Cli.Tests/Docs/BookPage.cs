using System.Text.RegularExpressions;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>A fenced block of a page.</summary>
/// <param name="Line">The line of the fence, from 1.</param>
/// <param name="Language">What follows the fence; empty where nothing does.</param>
/// <param name="Mark">What the HTML comment on the line before says; empty where there is none.</param>
internal sealed record BookBlock(int Line, string Language, string Mark, string Text);

/// <summary>A Markdown page of the repository.</summary>
/// <param name="Name">Its path from the root, with slashes.</param>
internal sealed partial record BookPage(string Name, string Text)
{
    /// <summary>All pages that people read: README, contributing, everything below docs, and the pages beside samples and deployment.</summary>
    public static IReadOnlyList<BookPage> All { get; } =
    [
        .. ((string[])["README.md", "CONTRIBUTING.md", "bronze_layer/README.md"]).Concat(Below("docs")).Concat(Below("deploy"))
            .Select(name => new BookPage(name, File.ReadAllText(Path.Combine(Repository.Root, name)).ReplaceLineEndings("\n"))),
    ];

    public IReadOnlyList<BookBlock> Blocks { get; } =
    [
        .. Fence().Matches(Text).Select(match => new BookBlock(
            Text.AsSpan(0, match.Index).Count('\n') + (match.Groups["mark"].Success ? 2 : 1),
            match.Groups["language"].Value, match.Groups["mark"].Value.Trim(), match.Groups["text"].Value)),
    ];

    /// <summary>The text without fenced blocks and code in lines.</summary>
    public string Prose => Code().Replace(Fence().Replace(Text, ""), "");

    /// <summary>The anchors of its headings, as GitHub makes them.</summary>
    public IReadOnlySet<string> Anchors { get; } = AnchorsOf(Fence().Replace(Text, ""));

    private static HashSet<string> AnchorsOf(string text)
    {
        HashSet<string> anchors = [];
        foreach (Match heading in Heading().Matches(text))
        {
            string words = Link().Replace(heading.Groups["text"].Value, link => link.Groups["text"].Value);
            string anchor = NotInAnchors().Replace(words.Trim().ToLowerInvariant(), "").Replace(' ', '-');
            string free = anchor;
            for (int n = 1; !anchors.Add(free); n++)
            {
                free = $"{anchor}-{n}";
            }
        }

        return anchors;
    }

    private static IEnumerable<string> Below(string folder)
        => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^(?:<!-- (?<mark>[^\n]*?) -->\n)?```(?<language>\w*)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^#{1,6} (?<text>.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"!?\[(?<text>[^\]]*)\]\((?<target>[^)\s]+)\)")]
    public static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
