using System.Text;
using CsCheck;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Tests.Text;

public sealed class CanonicalFormTests
{
    // Of four classes: they never stand in one another's way.
    private static readonly string[] s_letters = ["a", "E", "ộ", "q", "각", "я"];
    private static readonly string[] s_marks = ["\u0323", "\u0301", "\u0327", "\u0345"];

    [Theory]
    [InlineData("École", "École")]
    [InlineData("E\u0301cole", "École")]
    [InlineData("A\u030A", "Å")]
    [InlineData("\u212B", "Å")]
    [InlineData("o\u0302\u0301", "\u1ED1")]
    [InlineData("o\u0301\u0302", "ó\u0302")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("q\u0323\u0307", "q\u0323\u0307")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u1100\u1161\u11A8", "각")]
    [InlineData("가\u11A8", "각")]
    [InlineData("\u0958", "\u0915\u093C")]
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("\u3046\u3099", "\u3094")]
    [InlineData("l’été à 5 €, 😀", "l’été à 5 €, 😀")]
    [InlineData("\u1E4D\u0323 e\u0301", "o\u0323\u0303\u0301 é")]
    public void Of_AnyText_IsComposed(string text, string composed)
    {
        // The three marks compose to ọ̃́ as far as there are characters for it.
        composed = composed.Replace("o\u0323", "ọ", StringComparison.Ordinal);

        Assert.Equal(composed, Of(text));
        Assert.Equal(composed, Of(composed));
    }

    [Fact]
    public void Of_EveryCharacterDecomposed_IsTheSameAsOfTheCharacter()
    {
        foreach (int character in Enumerable.Range(0xC0, 0x10FFFF - 0xC0).Where(Rune.IsValid))
        {
            ReadOnlySpan<int> parts = CanonicalTables.PartsOf(character);
            string whole = Of(new Rune(character).ToString());

            Assert.Equal(whole, Of(whole));
            if (!parts.IsEmpty)
            {
                Assert.Equal(whole, Of(string.Concat(parts.ToArray().Select(part => new Rune(part)))));
            }
        }
    }

    [Fact]
    public void Of_MarksInAnyOrder_IsTheSameWhereTheyDoNotMeet()
        => Gen.Select(Gen.Int[0, s_letters.Length - 1].Select(index => s_letters[index]), Gen.Shuffle(s_marks)).Sample(
            (letter, marks) => Assert.Equal(Of(letter + "\u0327\u0323\u0301\u0345"), Of(letter + string.Concat(marks))));

    [Fact]
    public void Of_ManyMarks_TakesNoSquareOfTheTime()
    {
        string[] marks = ["\u0301", "\u0323"];
        string text = "a" + string.Concat(Enumerable.Range(0, 60_000).Select(index => marks[index % 2]));

        Assert.Equal("ạ" + new string('\u0323', 29_999) + new string('\u0301', 30_000), Of(text));
    }

    [Fact]
    public void Of_BrokenText_StaysAsItIs()
    {
        byte[] broken = [(byte)'e', 0xCC, 0x81, 0xFF];

        Assert.Equal(broken, CanonicalForm.Of(broken, new Utf8Scratch()).ToArray());
    }

    [Theory]
    [InlineData("Élève", "Eleve")]
    [InlineData("E\u0301le\u0300ve", "Eleve")]
    [InlineData("Søren, œuvre, ß", "Søren, œuvre, ß")]
    [InlineData("Ångström ỗ", "Angstrom o")]
    [InlineData("각", "각")]
    [InlineData("abc", "abc")]
    public void WithoutAccents_AnyText_LosesMarksOnly(string text, string plain)
        => Assert.Equal(plain, Encoding.UTF8.GetString(CanonicalForm.WithoutAccents(Encoding.UTF8.GetBytes(text), new Utf8Scratch())));

    private static string Of(string text) => Encoding.UTF8.GetString(CanonicalForm.Of(Encoding.UTF8.GetBytes(text), new Utf8Scratch()));
}
