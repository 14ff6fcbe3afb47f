using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Recon.Architecture.Tests;

/// <summary>The columns of every staging table and the tables of recon are listed once; whoever needs the list asks for it.</summary>
public sealed class NameListTests
{
    /// <summary>The types whose literals are the lists.</summary>
    private static readonly string[] s_lists = ["CommonColumns", "OwnRelations"];

    [Fact]
    public void Names_OfColumnsAndTables_AreListedOnce() => SourceTree.AssertNone(Copies(SourceTree.Products));

    [Theory]
    [InlineData("reconciliation_status")]
    [InlineData("source_file")]
    [InlineData("reconciliation_lease")]
    public void Names_OfTheLists_AreKnown(string name) => Assert.Contains(name, Names(SourceTree.Products));

    [Theory]
    [InlineData("""HashSet<string> S = new() { "a", "run_id" };""")]
    [InlineData("""string[] S = ["a", "run_id"];""")]
    [InlineData("""(string, int)[] S = [("run_id", 1)];""")]
    public void Names_ListedAgain_AreFound(string member)
    {
        SourceTree sources = SourceTree.Of(
            ("src/P/CommonColumns.cs", """static class CommonColumns { public static string[] All { get; } = ["run_id", "notes"]; }"""),
            ("src/P/C.cs", $$"""class C { {{member}} string Alone = "notes"; }"""));

        Assert.StartsWith("src/P/C.cs:1 lists \"run_id\" again.", Assert.Single(Copies(sources)), StringComparison.Ordinal);
    }

    private static string[] Copies(SourceTree sources)
    {
        HashSet<string> names = Names(sources);
        return [.. from file in sources.Files
                   from literal in file.GetRoot().DescendantNodes().OfType<LiteralExpressionSyntax>()
                   where names.Contains(literal.Token.ValueText) && IsListed(literal) && !IsOfALists(literal)
                   select $"{Place.Of(literal)} lists \"{literal.Token.ValueText}\" again. Take it from {string.Join(" or ", s_lists)}: a copy is wrong as soon as a name is added there."];
    }

    /// <summary>The literals that are names: those that PostgreSQL takes without quotes.</summary>
    private static HashSet<string> Names(SourceTree sources)
        => [.. from file in sources.Files
               from literal in file.GetRoot().DescendantNodes().OfType<LiteralExpressionSyntax>()
               where literal.IsKind(SyntaxKind.StringLiteralExpression) && IsOfALists(literal)
               let text = literal.Token.ValueText
               where text.Contains('_', StringComparison.Ordinal) || text == "notes"
               where text.All(each => each is '_' or (>= 'a' and <= 'z'))
               select text];

    private static bool IsOfALists(SyntaxNode literal)
        => literal.Ancestors().OfType<TypeDeclarationSyntax>().Any(type => s_lists.Contains(type.Identifier.Text));

    private static bool IsListed(LiteralExpressionSyntax literal)
    {
        SyntaxNode? owner = literal.Parent;
        if (owner is ArgumentSyntax { Parent: TupleExpressionSyntax tuple })
        {
            owner = tuple.Parent;
        }

        return owner is ExpressionElementSyntax or InitializerExpressionSyntax;
    }
}
