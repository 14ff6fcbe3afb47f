using Microsoft.CodeAnalysis;

namespace Recon.Architecture.Tests;

/// <summary>Public is what the examples and the documented API need.</summary>
public sealed class PublicTypeTests
{
    [Theory]
    [InlineData("Recon.Dataflow", 20)]
    [InlineData("Recon.Postgres", 15)]
    [InlineData("Recon.Postgres.Embedded", 4)]
    [InlineData("Recon.HubSpot", 0)]
    [InlineData("Recon.ObjectStorage", 1)]
    [InlineData("Recon.Samples", 0)]
    [InlineData("Recon.Review", 0)]
    [InlineData("Recon.Discovery", 0)]
    [InlineData("Recon.Push", 0)]
    [InlineData("Recon.Sandbox", 0)]
    [InlineData("Recon.Cluster", 0)]
    [InlineData("Recon.Cli", 0)]
    public void Types_Public_AreAsManyAsApproved(string project, int approved)
    {
        string[] found = [.. from type in SourceTree.Products.Types
                             let place = SourceTree.PlaceOf(type)!
                             where place.Project == project && IsPublic(type)
                             select $"{place} {type.ToDisplayString()}"];
        Assert.True(
            found.Length == approved,
            $"{project} has {found.Length} public types, approved are {approved}. Make internal what no example and no documented use "
            + $"needs, or approve the number here:\n{string.Join('\n', found)}");
    }

    private static bool IsPublic(INamedTypeSymbol? type)
        => type is null || (type.DeclaredAccessibility == Accessibility.Public && IsPublic(type.ContainingType));
}
