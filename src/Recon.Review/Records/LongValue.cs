using System.Globalization;
using Recon.Review.Markup;
using Recon.Review.Model;
using Recon.Review.Sections;

namespace Recon.Review.Records;

/// <summary>A value where there is room for all of it: what is long is unfolded.</summary>
internal static class LongValue
{
    private const int Short = 300;

    public static Html Of(string? value) => value is null or { Length: <= Short } ? ValueView.Of(new ValueShow(Masked: false, int.MaxValue).Of(value))
        : Html.Of($"""{ValueView.Of(new ValueShow(Masked: false, Short).Of(value))}<details class="all"><summary>all of it</summary><div class="long" tabindex="0" role="group" aria-label="The whole value"><bdi class="v" dir="auto">{value}</bdi></div></details>""");

    /// <summary>A value of which that part stands out in which it differs from another one.</summary>
    public static Html Differing(string? value, string? other)
    {
        if (value is not { Length: > 0 and <= Short } || other is not { Length: > 0 and <= Short })
        {
            return Of(value);
        }

        int[] now = StringInfo.ParseCombiningCharacters(value);
        int[] before = StringInfo.ParseCombiningCharacters(other);
        int most = Math.Min(now.Length, before.Length);
        int start = 0;
        while (start < most && Element(value, now, start) == Element(other, before, start))
        {
            start++;
        }

        int end = 0;
        while (end < most - start && Element(value, now, now.Length - 1 - end) == Element(other, before, before.Length - 1 - end))
        {
            end++;
        }

        (int from, int to) = (At(value, now, start), At(value, now, now.Length - end));
        return (start + end) * 3 < most || from >= to ? Of(value)
            : Html.Of($"""<bdi class="v" dir="auto">{value[..from]}<mark>{value[from..to]}</mark>{value[to..]}</bdi>""");
    }

    private static int At(string text, int[] elements, int index) => index < elements.Length ? elements[index] : text.Length;

    private static string Element(string text, int[] elements, int index) => text[elements[index]..At(text, elements, index + 1)];
}
