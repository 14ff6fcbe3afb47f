using Recon.Dataflow.Values.Text;

namespace Recon.Dataflow.Tests.Values;

public sealed class TextConversionTests
{
    [Theory]
    [InlineData("  a b \t", "a b")]
    [InlineData("\u00A0\u202F\u200Ba\uFEFF\u2003", "a")]
    [InlineData("\u00A0", "")]
    [InlineData("👩\u200D💻", "👩\u200D💻")]
    public void Trim_OuterBlanks_AreRemoved(string value, string expected)
        => Assert.Equal(expected, Converting.With(new TrimDefinition(), value));

    [Theory]
    [InlineData(" a \r\n\t b\u00A0\u00A0c ", "a b c")]
    [InlineData("a\u200Bb", "ab")]
    [InlineData("é  è", "é è")]
    public void Collapse_RunsOfBlanks_BecomeOneSpace(string value, string expected)
        => Assert.Equal(expected, Converting.With(new CollapseDefinition(), value));

    [Theory]
    [InlineData("élan a1", "ÉLAN A1")]
    public void Upper_Letters_BecomeCapitals(string value, string expected)
        => Assert.Equal(expected, Converting.With(new UpperDefinition(), value));

    [Fact]
    public void Upper_SharpS_StaysAsItIs() => Assert.Equal("STRAßE", Converting.With(new UpperDefinition(), "straße"));

    [Fact]
    public void Lower_Letters_BecomeSmall() => Assert.Equal("éà ⱥ", Converting.With(new LowerDefinition(), "ÉÀ Ⱥ"));

    [Theory]
    [InlineData("JEAN-PIERRE O'NEIL", "Jean-Pierre O'Neil")]
    [InlineData("women's world", "Women's World")]
    [InlineData("l’oréal SA", "L’Oréal Sa")]
    [InlineData("éLODIE 3d", "Élodie 3d")]
    public void Title_Words_StartWithCapitals(string value, string expected)
        => Assert.Equal(expected, Converting.With(new TitleDefinition(), value));

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc (truncated)")]
    [InlineData("éééé", 4, "éééé")]
    [InlineData("ab😀", 3, "ab (truncated)")]
    [InlineData("ab😀", 4, "ab😀")]
    public void Truncate_LongText_IsCutBetweenCharactersAndRemarked(string value, int length, string expected)
        => Assert.Equal(expected, Converting.With(new TruncateDefinition { Length = length }, value));

    [Theory]
    [InlineData(false, false, "E\u0301cole ", "École ")]
    [InlineData(true, false, "E\u0301COLE", "école")]
    [InlineData(true, false, "ΣΊΣΥΦΟΣ", "σίσυφοσ")]
    [InlineData(true, false, "Σίσυφος", "σίσυφοσ")]
    [InlineData(false, true, "E\u0301cole d’Ångström", "Ecole d’Angstrom")]
    [InlineData(true, true, "ÉCOLE", "ecole")]
    [InlineData(false, true, "Søren", "Søren")]
    public void Normalize_SpellingsOfOneText_BecomeTheSame(bool foldCase, bool removeAccents, string value, string expected)
        => Assert.Equal(expected, Converting.With(new NormalizeDefinition { FoldCase = foldCase, RemoveAccents = removeAccents }, value));

    [Theory]
    [InlineData("plain\r\ntext", "plain\r\ntext")]
    [InlineData("R&amp;D\nnext", "R&D\nnext")]
    [InlineData("a < b & c", "a < b & c")]
    [InlineData("<p>One</p><p>Two<br>Three</p>", "One\nTwo\nThree")]
    [InlineData("<ul><li>a</li><li>b</li></ul>", "- a\n- b")]
    [InlineData("<b>Bold</b> and <i>it</i>", "Bold and it")]
    [InlineData("<style>p{}</style><p>Text</p><script>x()</script>", "Text")]
    [InlineData("<p>Mail <john@acme.com> now</p>", "Mail <john@acme.com> now")]
    [InlineData("From <john@acme.com>\nHello", "From <john@acme.com>\nHello")]
    [InlineData("<p>caf&eacute;<o:p></o:p></p>", "café")]
    [InlineData("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc")]
    [InlineData("1 < 2 <br> 3 <b", "1 < 2\n3 <b")]
    [InlineData("<pre>a\n  b</pre>", "a\n  b")]
    [InlineData("<p>a\n   b</p>", "a b")]
    public void Html_Markup_BecomesText(string value, string expected)
        => Assert.Equal(expected, Converting.With(new HtmlDefinition(), value));

    [Fact]
    public void Html_DeeplyNestedTags_AreRead()
        => Assert.Equal("x", Converting.With(new HtmlDefinition(), string.Concat(Enumerable.Repeat("<div>", 20_000)) + "x"));

    [Fact]
    public void Html_TagsThatAreNeverClosed_TakeLinearTime()
    {
        string text = Converting.With(new HtmlDefinition(), string.Concat(Enumerable.Repeat("<i>x</p>", 100_000)));

        Assert.Equal(100_000, text.Count(character => character == 'x'));
    }
}
