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
    [InlineData(@"[^0-9]", "", false, "06.12 34", "061234")]
    [InlineData(@"^(\w+), (\w+)$", "$2 $1", false, "Roux, Anné", "Anné Roux")]
    [InlineData("sarl", "SARL", true, "Dupont Sarl", "Dupont SARL")]
    [InlineData(@"(?<=a)b", "", false, "abb", "ab")]
    [InlineData("x", "y", false, "abc ", "abc ")]
    public void Replace_WhatIsFound_IsReplaced(string pattern, string replacement, bool ignoreCase, string value, string expected)
        => Assert.Equal(expected, Converting.With(new ReplaceDefinition { Pattern = pattern, Replacement = replacement, IgnoreCase = ignoreCase }, value));

    [Fact]
    public void Replace_ExpressionThatGoesBackForEver_IsARejectedValue()
    {
        string value = new string('a', 60) + "!";

        Assert.Equal("!timed-out", Converting.With(new ReplaceDefinition { Pattern = @"^(a+)+$(?!x)" }, value));
        Assert.Equal(value, Converting.With(new ReplaceDefinition { Pattern = "^(a+)+$" }, value));
    }

    [Theory]
    [InlineData("(", "is not a regular expression")]
    public void Replace_WrongExpression_IsRefused(string pattern, string message)
        => Assert.StartsWith(message, Assert.Single(new ReplaceDefinition { Pattern = pattern }.Validate()).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("75", PadSide.Left, "0", "00075")]
    [InlineData(" 75 ", PadSide.Left, "0", "00075")]
    [InlineData("75", PadSide.Right, "é", "75ééé")]
    [InlineData("é😀", PadSide.Left, "0", "00é😀")]
    [InlineData("123456", PadSide.Left, "0", "123456")]
    [InlineData(" ", PadSide.Left, "0", "")]
    public void Pad_ShortValue_IsFilledUp(string value, object side, string character, string expected)
        => Assert.Equal(expected, Converting.With(new PadDefinition { Length = 5, Side = (PadSide)side, Character = character }, value));

    [Theory]
    [InlineData("Roux, Anne", ",", 1, "Roux")]
    [InlineData("Roux, Anne", ",", 2, "Anne")]
    [InlineData("Roux, Anne", ",", 3, "")]
    [InlineData("12 rue X | 75001 | Paris", "|", -1, "Paris")]
    [InlineData("a--b", "--", -2, "a")]
    [InlineData("abc", ",", 1, "abc")]
    public void Split_Part_IsTakenWithoutWhiteSpace(string value, string separator, int part, string expected)
        => Assert.Equal(expected, Converting.With(new SplitDefinition { Separator = separator, Part = part }, value));

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
    [InlineData("<a href=\"x>y\" title='a > b' data=1/2 hidden>link</a>", "link")]
    [InlineData("<p a = \"1\"b='2'/>text", "text")]
    [InlineData("a<!-- <b x=\"-->c<br/>d", "ac\nd")]
    [InlineData("a<!-->b<!--->c<!----!>d<i>e", "abcde")]
    [InlineData("<script>if (a < b) '<p x=\"';</SCRIPT >text", "text")]
    [InlineData("<!DOCTYPE html><?xml version='1.0'?><p>a</p>", "a")]
    [InlineData("a<p href=\"b>c", "a")]
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
