using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Tests.Diff;

public sealed class DamageTests
{
    [Theory]
    [InlineData("27:31.0", true)]
    [InlineData("7:31.5", true)]
    [InlineData(" 59:59,0 ", true)]
    [InlineData("27:31", false)]
    [InlineData("27:31:05.0", false)]
    [InlineData("61:31.0", false)]
    [InlineData("2024-01-05 10:11:12.0", false)]
    [InlineData("", false)]
    public void ExcelDate_MinutesAndSecondsAlone_LookDestroyed(string text, bool expected)
        => Assert.Equal(expected, ExcelDate.LooksDestroyed(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("Ã©tÃ©", true)]
    [InlineData("Lâ€™Oréal", true)]
    [InlineData("10Â\u00A0000", true)]
    [InlineData("Ã‰cole", true)]
    [InlineData("ð\u009F\u0098\u0080", true)]
    [InlineData("été à l’École, Ârea SÃO", false)]
    [InlineData("â la française", false)]
    [InlineData("Ã", false)]
    [InlineData("plain", false)]
    public void Mojibake_Utf8ReadAsLatin1_IsRecognised(string text, bool expected)
        => Assert.Equal(expected, Mojibake.LooksLike(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Mojibake_EveryFrenchLetter_IsRecognisedOnceMisread()
    {
        foreach (char letter in "éèêëàâäùûüîïôöçœæÉÈÊÀÇŒ«»’–€")
        {
            string misread = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes($"a{letter}b"));
            Assert.True(Mojibake.LooksLike(Encoding.UTF8.GetBytes(misread)), $"{letter}");
            Assert.False(Mojibake.LooksLike(Encoding.UTF8.GetBytes($"a{letter}b")), $"{letter}");
        }
    }

    [Fact]
    public void Mojibake_ReplacementCharacter_IsFound()
    {
        Assert.True(Mojibake.HoldsReplacement("caf\uFFFD"u8));
        Assert.False(Mojibake.HoldsReplacement("café"u8));
    }

    [Theory]
    [InlineData("actif", "Actif")]
    [InlineData("Negociating", "Negotiating")]
    [InlineData("Won ", "Won")]
    [InlineData("xyz123", null)]
    public void NearestOption_Value_IsTheLikeliest(string value, string? expected)
        => Assert.Equal(expected, NearestOption.Find(value, ["Actif", "Inactif", "Negotiating", "Won"]));
}
