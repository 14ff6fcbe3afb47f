using Microsoft.CodeAnalysis;

namespace Recon.Architecture.Tests;

/// <summary>The other tests see only what the compiler resolves.</summary>
public sealed class SourceTreeTests
{
    [Fact]
    public void Sources_OfTheProducts_AreUnderstood()
        => Assert.Empty(SourceTree.Products.Compilation.GetDeclarationDiagnostics(TestContext.Current.CancellationToken)
            .Where(problem => problem.Id is "CS0246" or "CS0234"));
}
