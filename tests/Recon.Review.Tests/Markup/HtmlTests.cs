using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using CsCheck;
using Recon.Review.Markup;

namespace Recon.Review.Tests.Markup;

public sealed class HtmlTests
{
    [Fact]
    public void Html_AnyText_IsShownAsItIs()
        => Gen.String.Sample(text =>
        {
            IDocument page = new HtmlParser().ParseDocument(Html.Of($"""<p title="{text}">{text}</p>""").ToString());

            IElement only = Assert.Single(page.Body!.QuerySelectorAll("*"));
            Assert.Equal(VisibleText.Of(text), only.TextContent);
            Assert.Equal(VisibleText.Of(text), only.GetAttribute("title"));
            Assert.Equal(1, only.Attributes.Length);
        });

    [Fact]
    public void Html_AttributeWithoutQuotes_IsRefused()
        => Assert.Throws<InvalidOperationException>(() => Html.Of($"<p title={"a b"}>"));

    [Fact]
    public void Html_Markup_IsNotEncodedTwice()
        => Assert.Equal("<b>1 &lt; 2</b><i>3</i>", Html.Of($"{Html.Of($"<b>{"1 < 2"}</b>")}{new[] { Html.Of($"<i>{3.0}</i>") }}").ToString());

    [Theory]
    [InlineData("a\nb\tc", "a↵b⇥c")]
    [InlineData("\0\u0007\u007F", "␀␇␡")]
    [InlineData("\u202Egpj.exe", "‹U+202E›gpj.exe")]
    [InlineData("zero\u200Bwidth", "zero‹U+200B›width")]
    [InlineData("👩\u200D💻", "👩\u200D💻")]
    [InlineData("שלום", "שלום")]
    public void VisibleText_OfWhatAPageWouldSwallow_ShowsIt(string text, string shown) => Assert.Equal(shown, VisibleText.Of(text));

    [Theory]
    [InlineData("a\nb\r\nc\t")]
    [InlineData("\u202Egpj.exe\u200B")]
    [InlineData("\" onfocus=x '><b>&amp;")]
    [InlineData("\u0001\u007F")]
    public void Value_ThatAFormSendsBack_IsWhatWasThere(string value)
    {
        IDocument page = new HtmlParser().ParseDocument(Html.Of($"""<input name="id" value="{value}">""").ToString());

        IElement input = Assert.Single(page.Body!.Children);
        Assert.Equal(value, input.GetAttribute("value"));
        Assert.Equal(2, input.Attributes.Length);
    }

    [Fact]
    public void VisibleText_OfHalfACharacter_SaysThatItIsLost() => Assert.Equal("\uFFFDx", VisibleText.Of("\uD800x"));

    [Theory]
    [InlineData(0, 10, "0 %")]
    [InlineData(10, 10, "100 %")]
    [InlineData(1, 1_000_000, "< 0.1 %")]
    [InlineData(999_999, 1_000_000, "> 99.9 %")]
    [InlineData(1, 30, "3.3 %")]
    [InlineData(9_970, 10_000, "99.7 %")]
    [InlineData(9_949, 10_000, "99 %")]
    [InlineData(996, 10_000, "10 %")]
    [InlineData(994, 10_000, "9.9 %")]
    [InlineData(1, 3, "33 %")]
    [InlineData(0, 0, "")]
    public void Share_OfAPart_IsNeverNothingOrAllUnlessItIs(long part, long whole, string shown) => Assert.Equal(shown, Numbers.Share(part, whole));
}
