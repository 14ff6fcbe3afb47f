using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Tests.Binding;

public sealed class LimitTests
{
    [Theory]
    [InlineData("0", 0, 10, false)]
    [InlineData("0", 1, 10, true)]
    [InlineData("5%", 5, 100, false)]
    [InlineData("5%", 6, 100, true)]
    [InlineData("0.5%", 1, 100, true)]
    [InlineData("100%", 10, 10, false)]
    [InlineData("50%", 0, 0, false)]
    public void IsExceededBy_CountOrShare_IsWhatIsAboveIt(string text, long seen, long of, bool exceeded)
        => Assert.Equal(exceeded, Limit.Parse(text).IsExceededBy(seen, of));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("5 %")]
    [InlineData("101%")]
    [InlineData("1.5")]
    [InlineData("%")]
    public void TryParse_NoLimit_IsRefused(string? text) => Assert.False(Limit.TryParse(text, out _));

    [Theory]
    [InlineData("100")]
    [InlineData("5%")]
    [InlineData("0.5%")]
    public void ToString_Limit_IsItsText(string text)
    {
        Assert.Equal(text, Limit.Parse(text).ToString());
        Assert.Matches(Limit.Pattern, text);
    }
}
