namespace Recon.Architecture.Tests;

/// <summary>Top-level folders of a project refer to each other in one direction.</summary>
public sealed class FolderCircleTests
{
    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCircle(string project)
        => SourceTree.AssertNone(Circles(SourceTree.Products.Arrows.Where(arrow => arrow.From.Project == project)));

    [Fact]
    public void Folders_ReferringInACircle_AreFound()
    {
        SourceTree sources = SourceTree.Of(
            ("src/P/A/A.cs", "namespace P.A; class A { P.B.B? Next; }"),
            ("src/P/B/B.cs", "namespace P.B; class B { P.C.C? Next; }"),
            ("src/P/C/C.cs", "namespace P.C; class C { P.A.A? Next; P.D.D? End; }"),
            ("src/P/D/D.cs", "namespace P.D; class D;"));

        string found = string.Join('\n', Circles(sources.Arrows));

        Assert.Equal(
            """
            A -> B: move what B is needed for, or cut these 1: src/P/A/A.cs:1 refers to B (src/P/B/B.cs)
            B -> C: move what C is needed for, or cut these 1: src/P/B/B.cs:1 refers to C (src/P/C/C.cs)
            C -> A: move what A is needed for, or cut these 1: src/P/C/C.cs:1 refers to A (src/P/A/A.cs)
            """,
            found);
    }

    public static TheoryData<string> Projects()
        => [.. SourceTree.Products.Files.Select(file => new Place(file.FilePath, 1).Project).Distinct()];

    /// <summary>The arrows between folders that reach each other in both directions, those with the fewest references first.</summary>
    private static string[] Circles(IEnumerable<Arrow> arrows)
    {
        ILookup<(string From, string To), Arrow> between = arrows
            .Where(arrow => arrow.From.Project == arrow.To.Project && arrow.From.Folder != arrow.To.Folder)
            .DistinctBy(arrow => (arrow.From.File, arrow.Name))
            .ToLookup(arrow => (arrow.From.Folder, arrow.To.Folder));
        HashSet<(string From, string To)> reach = [.. between.Select(pair => pair.Key)];
        int before;
        do
        {
            before = reach.Count;
            reach.UnionWith([.. from one in reach from next in reach where one.To == next.From select (one.From, next.To)]);
        }
        while (reach.Count > before);

        return [.. from pair in between
                   where reach.Contains((pair.Key.To, pair.Key.From))
                   orderby pair.Count(), pair.Key
                   select $"{pair.Key.From} -> {pair.Key.To}: move what {pair.Key.To} is needed for, or cut these {pair.Count()}: "
                       + string.Join("; ", pair.Take(pair.Count() <= 8 ? 8 : 1))];
    }
}
