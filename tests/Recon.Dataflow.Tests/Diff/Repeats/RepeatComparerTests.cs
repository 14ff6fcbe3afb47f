using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Values.Number;

namespace Recon.Dataflow.Tests.Diff.Repeats;

public sealed class RepeatComparerTests
{
    private static readonly PropertyDefinition[] s_properties =
    [
        Diffing.Property(),
        Diffing.Property("amount", "Amount") with { Convert = [new NumberDefinition()] },
        new() { Property = "address", Columns = ["Street", "City"] },
        new() { Property = "company_id", Parent = "company" },
    ];

    private static readonly StagedColumnDefinition[] s_staged = [new() { Name = "legacy_extra", Legacy = "Extra" }];

    [Theory]
    [InlineData("""{"Name":"A"}""", """{"Name":"A"}""", "")]
    [InlineData("""{"Name":"A"}""", """{"Name":"B"}""", "Name")]
    [InlineData("""{"Name":"A"}""", "{}", "Name")]
    [InlineData("""{"Name":"A b"}""", """{"Name":"A\u00A0b"}""", "")] // the same text by meaning
    [InlineData("""{"Amount":"17"}""", """{"Amount":"17.0"}""", "")]
    [InlineData("""{"Amount":"17"}""", """{"Amount":"18"}""", "Amount")]
    [InlineData("""{"Amount":"x"}""", """{"Amount":"y"}""", "Amount")]
    [InlineData("""{"Amount":"x"}""", """{"Amount":"x"}""", "")]
    [InlineData("""{"Street":"1 rue A","City":"Paris"}""", """{"Street":"1 rue A Paris"}""", "City,Street")] // joined, they are the same
    [InlineData("""{"Company_Id":"1"}""", """{"Company_Id":"2"}""", "")]
    [InlineData("""{"Extra":"1"}""", """{"Extra":"2"}""", "Extra")]
    [InlineData("""{"Name":"A","Amount":"1","Extra":"x"}""", """{"Name":"B","Amount":"1.0","Extra":"y"}""", "Extra,Name")]
    public void Compare_RepeatedRows_NamesTheColumnsThatDisagree(string left, string right, string differing)
    {
        RepeatComparer comparer = new(
            Diffing.Plan(Diffing.Pipeline(s_properties, s_staged, [Diffing.MatchLookup, Diffing.ParentLookup])));
        SortedSet<string> there = new(StringComparer.Ordinal);
        SortedSet<string> back = new(StringComparer.Ordinal);

        comparer.Compare(comparer.Restore(left), comparer.Restore(right), there);
        comparer.Compare(comparer.Restore(right), comparer.Restore(left), back);

        Assert.Equal(differing, string.Join(',', there));
        Assert.Equal(there, back);
    }
}
