using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Recon.Architecture.Tests;

/// <summary>A union's list names every record that derives from it.</summary>
public sealed class UnionTests
{
    [Fact]
    public void Unions_OfTheSources_ListTheirCases() => SourceTree.AssertNone(Unlisted(SourceTree.Products));

    [Theory]
    [InlineData("ConversionDefinition", 10)]
    [InlineData("BlockDefinition", 5)]
    public void Unions_OfTheDefinition_AreLookedAt(string union, int cases)
        => Assert.True(Listed(SourceTree.Products, Unions(SourceTree.Products).Single(type => type.Name == union)).Length >= cases);

    [Theory]
    [InlineData("[Union(typeof(One))]")]
    [InlineData("[Union(typeof(Table), nameof(Table.All))]")]
    public void Union_LackingACase_IsFound(string attribute)
    {
        SourceTree sources = SourceTree.Of(("src/P/U.cs", $$"""
            class UnionAttribute : System.Attribute { public UnionAttribute(params Type[] cases) { } public UnionAttribute(Type table, string list) { } }
            static class Table { public static Type[] All { get; } = [typeof(One)]; public static Type[] Others { get; } = [typeof(Two)]; }
            {{attribute}} abstract record Union;
            record One : Union;
            abstract record Between : Union;
            record Two : Between;
            """));

        Assert.Equal("src/P/U.cs:6: Two derives from Union and is not in its list, so no definition can name it. Add it there.", Assert.Single(Unlisted(sources)));
    }

    private static string[] Unlisted(SourceTree sources)
        => [.. from union in Unions(sources)
               let listed = Listed(sources, union)
               from type in sources.Types
               where !type.IsAbstract && BasesOf(type).Contains(union, SymbolEqualityComparer.Default)
               where !listed.Contains(type, SymbolEqualityComparer.Default)
               select $"{SourceTree.PlaceOf(type)}: {type.Name} derives from {union.Name} and is not in its list, so no definition can name it. Add it there."];

    private static IEnumerable<INamedTypeSymbol> Unions(SourceTree sources) => sources.Types.Where(type => AttributeOf(type) is not null);

    private static AttributeData? AttributeOf(INamedTypeSymbol type)
        => type.GetAttributes().FirstOrDefault(attribute => attribute.AttributeClass?.Name == "UnionAttribute");

    /// <summary>The types of an attribute's arguments, or of the property that the arguments name.</summary>
    private static ISymbol[] Listed(SourceTree sources, INamedTypeSymbol union)
    {
        AttributeData attribute = AttributeOf(union)!;
        SyntaxNode list = attribute.ConstructorArguments is [{ Value: INamedTypeSymbol table }, { Value: string property }]
            ? table.GetMembers(property).Single().DeclaringSyntaxReferences.Single().GetSyntax()
            : attribute.ApplicationSyntaxReference!.GetSyntax();
        SemanticModel model = sources.Compilation.GetSemanticModel(list.SyntaxTree);
        return [.. list.DescendantNodes().OfType<TypeOfExpressionSyntax>().Select(each => model.GetTypeInfo(each.Type).Type!)];
    }

    private static IEnumerable<INamedTypeSymbol> BasesOf(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? each = type.BaseType; each is not null; each = each.BaseType)
        {
            yield return each;
        }
    }
}
