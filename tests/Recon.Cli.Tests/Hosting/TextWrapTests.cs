using Recon.Cli.Hosting;

namespace Recon.Cli.Tests.Hosting;

public sealed class TextWrapTests
{
    [Fact]
    public void Wrap_AnyWidth_EndsAndLosesNoWord()
    {
        const string Text = "a word that-is-longer-than-a-line 日本語 and others";
        for (int width = -3; width < 60; width++)
        {
            string wrapped = TextWrap.Wrap(Text, width, indent: 4, breakWords: true);

            Assert.Equal(Text.Replace(" ", "", StringComparison.Ordinal), string.Concat(wrapped.Where(character => !char.IsWhiteSpace(character))));
            Assert.All(wrapped.Split('\n'), line => Assert.InRange(TextWidth.Of(line), 0, Math.Max(width, Math.Min(Math.Max(1, width) - 1, 4) + 2)));
        }
    }
}
