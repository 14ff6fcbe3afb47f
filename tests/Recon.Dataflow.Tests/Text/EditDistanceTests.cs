using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Text;

public sealed class EditDistanceTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("a", "", 1)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("Comp_Name", "comp_name", 0)]
    [InlineData("stagign", "staging", 1)]
    [InlineData("rowz", "rows", 1)]
    [InlineData("ca", "abc", 3)]
    public void Of_Texts_CountsEditsAndSwapsWhateverTheCase(string one, string other, int expected)
    {
        Assert.Equal(expected, EditDistance.Of(one, other));
        Assert.Equal(expected, EditDistance.Of(other, one));
    }

    [Fact]
    public void Of_LongTexts_NeedsNoStack() => Assert.Equal(1, EditDistance.Of(new string('x', 10_000), new string('x', 9_999)));
}
