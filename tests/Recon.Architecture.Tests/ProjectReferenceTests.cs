using System.Xml.Linq;
using Recon.Testing;

namespace Recon.Architecture.Tests;

/// <summary>Projects refer down, and the core knows neither a console nor a database.</summary>
public sealed class ProjectReferenceTests
{
    /// <summary>The projects of <c>src</c>, bottom to top; those of one floor do not know each other.</summary>
    private static readonly string[][] s_floors =
    [
        ["Recon.Dataflow"],
        ["Recon.Postgres", "Recon.HubSpot", "Recon.ObjectStorage"],
        ["Recon.Postgres.Embedded", "Recon.Samples", "Recon.Review", "Recon.Push", "Recon.Sandbox", "Recon.Discovery", "Recon.Cluster"],
        ["Recon.Cli"],
    ];

    private static readonly string[] s_outsideTheCore = ["System.Console", "Npgsql.", "System.CommandLine."];

    [Fact]
    public void Projects_OfTheSources_HaveAFloorEach()
    {
        string[] projects = [.. ProjectFiles().Select(file => Path.GetFileNameWithoutExtension(file))];
        Assert.True(
            projects.Order().SequenceEqual(s_floors.SelectMany(floor => floor).Order()),
            $"Give each project of src its place in {nameof(ProjectReferenceTests)}.{nameof(s_floors)}; tools that only the build needs "
            + $"stand apart from src. Found: {string.Join(", ", projects)}.");
    }

    [Fact]
    public void References_BetweenProjects_PointDown()
        => Assert.Empty(
            from file in ProjectFiles()
            from reference in XDocument.Load(file).Descendants("ProjectReference")
            let project = Path.GetFileNameWithoutExtension(file)
            let to = Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)
            where FloorOf(to) >= FloorOf(project)
            select $"{Path.GetRelativePath(Repository.Root, file)} refers to {to}, which does not stand below it. "
                + "Move what both need down, or what needs it up.");

    [Fact]
    public void Core_Sources_KnowNeitherConsoleNorDatabase() => SourceTree.AssertNone(OutsideTheCore(SourceTree.Products));

    [Theory]
    [InlineData("class C { void M() => System.Console.WriteLine(); }", "System.Console")]
    [InlineData("using Npgsql; class C { NpgsqlConnection? F; }", "Npgsql.NpgsqlConnection")]
    [InlineData("class C { System.CommandLine.Command? F; }", "System.CommandLine.Command")]
    public void Core_KnowingConsoleOrDatabase_IsFound(string source, string name)
        => Assert.Contains($"src/Recon.Dataflow/Text/C.cs:1 uses {name}", OutsideTheCore(SourceTree.Of(("src/Recon.Dataflow/Text/C.cs", source)))[0], StringComparison.Ordinal);

    private static string[] OutsideTheCore(SourceTree sources)
        => [.. from reference in sources.References
               where reference.Node.SyntaxTree.FilePath.StartsWith("src/Recon.Dataflow/", StringComparison.Ordinal)
               let name = reference.Type.ToDisplayString()
               where s_outsideTheCore.Any(outside => name == outside || (outside[^1] == '.' && name.StartsWith(outside, StringComparison.Ordinal)))
               select $"{Place.Of(reference.Node)} uses {name}. The core returns data; Recon.Postgres asks the database, Recon.Cli writes to the console."];

    private static IEnumerable<string> ProjectFiles()
        => Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories);

    private static int FloorOf(string project) => Array.FindIndex(s_floors, floor => floor.Contains(project));
}
