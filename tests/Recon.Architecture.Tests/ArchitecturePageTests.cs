using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Recon.Testing;

namespace Recon.Architecture.Tests;

/// <summary>What docs/architecture.md names in code type is there: types, members, folders, files.</summary>
public sealed partial class ArchitecturePageTests
{
    [Fact]
    public void Names_OnThePage_AreThere()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));
        HashSet<string> known =
        [
            .. SourceTree.Products.Files.SelectMany(file => file.GetRoot().DescendantTokens())
                .Where(token => token.IsKind(SyntaxKind.IdentifierToken)).Select(token => token.ValueText),
            .. SourceTree.Products.Files.SelectMany(file => file.FilePath.Split('/', '.')),
            .. Directory.GetDirectories(Path.Combine(Repository.Root, "tests")).SelectMany(folder => Path.GetFileName(folder).Split('.')),
        ];

        string[] unknown = [.. InlineCode().Matches(page)
            .SelectMany(match => Name().Matches(match.Groups[1].Value).Select(name => name.Value))
            .Where(name => !known.Contains(name)).Distinct()];

        Assert.True(unknown.Length == 0, $"docs/architecture.md names what is not there: {string.Join(", ", unknown)}.");
    }

    [Fact]
    public void Links_OnThePage_LeadToFiles()
    {
        string folder = Path.Combine(Repository.Root, "docs");
        string[] missing = [.. Link().Matches(File.ReadAllText(Path.Combine(folder, "architecture.md")))
            .Select(match => match.Groups[1].Value).Where(link => !Path.Exists(Path.Combine(folder, link)))];

        Assert.Empty(missing);
    }

    [GeneratedRegex("`([^`\n]+)`")]
    private static partial Regex InlineCode();

    // Names as C# writes types and members; SQL, JSON keys and commands are in lower case.
    [GeneratedRegex("\\bI?[A-Z][a-z]+[A-Za-z]*\\b")]
    private static partial Regex Name();

    [GeneratedRegex("\\]\\(([^)#]+)\\)")]
    private static partial Regex Link();
}
