using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Recon.Testing;

namespace Recon.Architecture.Tests;

/// <summary>Sources with their meaning: all projects compiled as one, so that who may see what plays no part.</summary>
internal sealed class SourceTree
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly Lazy<SourceTree> s_products = new(ReadProducts);
    private static readonly Lazy<MetadataReference[]> s_packages = new(FindPackages);

    private readonly Lazy<(SyntaxNode Node, INamedTypeSymbol Type)[]> _references;
    private readonly Lazy<Arrow[]> _arrows;

    private SourceTree(IEnumerable<(string File, string Text)> sources)
    {
        CSharpParseOptions options = new(LanguageVersion.Preview, DocumentationMode.Diagnose);
        Files = [.. sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, options, source.File))];
        Compilation = CSharpCompilation.Create(
            "src",
            [.. Files, CSharpSyntaxTree.ParseText(ImplicitUsings, options)],
            s_packages.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        _references = new(() => [.. Files.SelectMany(ReferencesOf)]);
        _arrows = new(() => [.. from reference in References
                                let to = PlaceOf(reference.Type)
                                where to is not null && to.File != reference.Node.SyntaxTree.FilePath
                                select new Arrow(Place.Of(reference.Node), to, reference.Type.Name)]);
    }

    /// <summary>Everything under <c>src</c>.</summary>
    public static SourceTree Products => s_products.Value;

    public IReadOnlyList<SyntaxTree> Files { get; }

    public CSharpCompilation Compilation { get; }

    /// <summary>The types that names refer to, or whose members they are, documentation included.</summary>
    public IReadOnlyList<(SyntaxNode Node, INamedTypeSymbol Type)> References => _references.Value;

    /// <summary>The references between files.</summary>
    public IReadOnlyList<Arrow> Arrows => _arrows.Value;

    /// <summary>All types, nested ones included.</summary>
    public IEnumerable<INamedTypeSymbol> Types
        => from file in Files
           let model = Compilation.GetSemanticModel(file)
           from node in file.GetRoot().DescendantNodes()
           where node is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
           select (INamedTypeSymbol)model.GetDeclaredSymbol(node)!;

    /// <summary>Sources as if they stood under <c>src</c>.</summary>
    /// <param name="sources">Path from the root of the repository, and text.</param>
    public static SourceTree Of(params (string File, string Text)[] sources) => new(sources);

    /// <summary>Where a type is declared; <see langword="null"/> when a package declares it.</summary>
    public static Place? PlaceOf(INamedTypeSymbol type)
        => type.DeclaringSyntaxReferences is [SyntaxReference first, ..] ? Place.Of(first.GetSyntax()) : null;

    /// <summary>Fails with the whole text of each problem.</summary>
    public static void AssertNone(IReadOnlyCollection<string> problems) => Assert.True(problems.Count == 0, string.Join('\n', problems));

    private static SourceTree ReadProducts()
        => new(from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
               let file = Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')
               where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
               orderby file
               select (file, File.ReadAllText(path)));

    private static MetadataReference[] FindPackages()
        => [.. from path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
               let name = Path.GetFileNameWithoutExtension(path)
               where name != "recon" && !name.StartsWith("Recon.", StringComparison.Ordinal)
               select MetadataReference.CreateFromFile(path)];

    private IEnumerable<(SyntaxNode Node, INamedTypeSymbol Type)> ReferencesOf(SyntaxTree file)
    {
        // One model for the whole file: each remembers what it resolved.
        SemanticModel model = Compilation.GetSemanticModel(file);
        foreach (SyntaxNode node in file.GetRoot().DescendantNodes(descendIntoTrivia: true))
        {
            if (node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax)
            {
                SymbolInfo found = model.GetSymbolInfo(node);
                ISymbol? symbol = found.Symbol ?? found.CandidateSymbols.FirstOrDefault();
                if ((symbol as INamedTypeSymbol ?? symbol?.ContainingType) is { } type)
                {
                    yield return (node, type.OriginalDefinition);
                }
            }
        }
    }
}
