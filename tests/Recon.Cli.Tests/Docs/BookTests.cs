using System.Text.RegularExpressions;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>README and docs as a book: every command in it runs, every link leads somewhere, and every page is found.</summary>
/// <remarks>
/// A block <c>sh</c> is run, after those before it on its page, in a folder with the shipped sample, on a database with the demo mirror, and
/// against a sandbox. The comment on the line before says what is different: <c>not run here: REASON</c>, <c>ends with N</c> for an exit code, and, of
/// any language, <c>file: NAME[, ENCODING]</c> for what is written first, or <c>in the database</c> for SQL.
/// </remarks>
public sealed partial class BookTests(PostgresServer server)
{
    private static readonly string[] s_programs = ["recon", "dotnet", "curl", "psql", "sh", "systemctl", "docker", "podman"];

    public static TheoryData<string> PagesWithCommands =>
        [.. BookPage.All.Where(page => page.Blocks.Any(BookRun.IsRun)).Select(page => page.Name)];

    [Theory]
    [MemberData(nameof(PagesWithCommands))]
    public async Task Commands_OfAPage_DoWhatItSays(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The book's commands are those of a POSIX shell.");
        BookPage page = BookPage.All.Single(each => each.Name == name);
        await using BookRun run = await BookRun.StartAsync(server, page);
        foreach (BookBlock block in page.Blocks)
        {
            await run.RunAsync(block);
        }
    }

    [Fact]
    public void Blocks_OfCommands_AreMarkedAsSuch()
    {
        string[] wrong = [.. BookPage.All.SelectMany(page => page.Blocks
            .Where(block => block.Language.Length == 0 && s_programs.Contains(block.Text.Split(' ', '\n')[0]))
            .Select(block => $"{page.Name}:{block.Line}"))];

        Assert.True(wrong.Length == 0, $"These blocks begin with a command, but are not marked as sh, so that nothing runs them: {string.Join(", ", wrong)}.");
    }

    [Fact]
    public void Marks_AreThoseThatMeanSomething()
    {
        string[] wrong = [.. BookPage.All.SelectMany(page => page.Blocks
            .Where(block => block.Mark.Length > 0 && block.Language == "sh" && !Meaning().IsMatch(block.Mark))
            .Select(block => $"{page.Name}:{block.Line}: {block.Mark}"))];

        Assert.Empty(wrong);
    }

    [Fact]
    public void Links_LeadSomewhere()
    {
        Dictionary<string, BookPage> pages = BookPage.All.ToDictionary(page => page.Name);
        List<string> broken = [];
        foreach (BookPage page in pages.Values)
        {
            foreach (string target in BookPage.Link().Matches(page.Prose).Select(match => match.Groups["target"].Value).Where(target => !target.Contains(':', StringComparison.Ordinal)))
            {
                string[] parts = target.Split('#', 2);
                string file = parts[0].Length == 0
                    ? page.Name
                    : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page.Name)!, parts[0])).Replace('\\', '/');
                string path = Path.Combine(Repository.Root, file);
                if (!Path.Exists(path) || (parts.Length > 1 && pages.TryGetValue(file, out BookPage? other) && !other.Anchors.Contains(parts[1])))
                {
                    broken.Add($"{page.Name}: {target}");
                }
            }
        }

        Assert.Empty(broken);
    }

    [Fact]
    public void Contents_NameEveryPage()
    {
        BookPage contents = BookPage.All.Single(page => page.Name == "docs/README.md");
        string[] linked = [.. BookPage.Link().Matches(contents.Text).Select(match => $"docs/{match.Groups["target"].Value.Split('#')[0]}")];
        string[] pages = [.. BookPage.All.Select(page => page.Name)
            .Where(name => name.StartsWith("docs/", StringComparison.Ordinal) && name != contents.Name && (name == "docs/adr/README.md" || !name.StartsWith("docs/adr/", StringComparison.Ordinal)))];

        Assert.Empty(pages.Except(linked));
    }

    [GeneratedRegex(@"^(not run here: .{15,}|ends with \d+|file: .+|push)$")]
    private static partial Regex Meaning();
}
