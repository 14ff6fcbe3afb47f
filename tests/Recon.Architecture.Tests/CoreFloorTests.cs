namespace Recon.Architecture.Tests;

/// <summary>The core's folders stand on floors: each refers to those below it, never to those above.</summary>
public sealed class CoreFloorTests
{
    private const string Core = "Recon.Dataflow";

    /// <summary>The folders of the core, bottom to top; the dot is for what a hosting program gives or takes, beside the project file.</summary>
    private static readonly string[] s_floors =
    [
        ".", "Text", "Binding", "Values", "Batches", "Definition", "Extract", "Plan", "Lookup", "Diff", "Telemetry", "Topology", "Explain",
    ];

    [Fact]
    public void Folders_OfTheCore_HaveAFloorEach()
    {
        string[] folders = [.. SourceTree.Products.Files.Select(file => new Place(file.FilePath, 1))
            .Where(place => place.Project == Core).Select(place => place.Folder).Distinct()];
        Assert.True(
            folders.Order().SequenceEqual(s_floors.Order()),
            $"Give each top-level folder of {Core} its place in {nameof(CoreFloorTests)}.{nameof(s_floors)}, bottom to top. "
            + $"Without a place: {string.Join(", ", folders.Except(s_floors))}. Without files: {string.Join(", ", s_floors.Except(folders))}.");
    }

    [Fact]
    public void References_InTheCore_PointDown() => SourceTree.AssertNone(PointingUp(SourceTree.Products));

    [Theory]
    [InlineData("using Recon.Dataflow.Explain; namespace Recon.Dataflow.Text; class Lower { Upper? Field; }")]
    [InlineData("namespace Recon.Dataflow.Text; class Lower { object Made() => new Recon.Dataflow.Explain.Upper(); }")]
    [InlineData("namespace Recon.Dataflow.Text; /// <summary>As <see cref=\"Recon.Dataflow.Explain.Upper\"/>.</summary>\nclass Lower;")]
    public void References_PointingUp_AreFound(string lower)
    {
        SourceTree sources = SourceTree.Of(
            ("src/Recon.Dataflow/Text/Lower.cs", lower),
            ("src/Recon.Dataflow/Explain/Upper.cs", "namespace Recon.Dataflow.Explain; class Upper;"));

        string found = Assert.Single(PointingUp(sources));

        Assert.StartsWith("src/Recon.Dataflow/Text/Lower.cs:", found, StringComparison.Ordinal);
        Assert.Contains("refers to Upper (src/Recon.Dataflow/Explain/Upper.cs)", found, StringComparison.Ordinal);
    }

    private static string[] PointingUp(SourceTree sources)
        => [.. from arrow in sources.Arrows
               where arrow.From.Project == Core && arrow.To.Project == Core
               where Array.IndexOf(s_floors, arrow.From.Folder) < Array.IndexOf(s_floors, arrow.To.Folder)
               group arrow by (arrow.From.File, arrow.Name) into same
               select $"{same.First()}: {same.First().To.Folder} is above {same.First().From.Folder}. "
                   + $"Move {same.Key.Name} down to {same.First().From.Folder} or below, or what needs it up."];
}
