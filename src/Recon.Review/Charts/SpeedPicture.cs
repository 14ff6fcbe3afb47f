using System.Globalization;
using System.Text;
using Recon.Review.Markup;
using Recon.Review.Model;

namespace Recon.Review.Charts;

/// <summary>Records committed a second, over the time of a run.</summary>
internal static class SpeedPicture
{
    private const double Width = 600;
    private const double Height = 100;

    public static Html Of(IReadOnlyList<CommittedFacts> parts)
    {
        double most = parts.Max(part => part.Records / part.Seconds);
        double end = parts.Max(part => part.Second + part.Seconds);
        StringBuilder path = new($"M0 {Height}");
        double at = 0;
        foreach (CommittedFacts part in parts)
        {
            double x = Width * part.Second / end;
            double y = Height - (Height * part.Records / part.Seconds / most);

            // Where nothing was committed there is no part.
            _ = x - at > 0.01 ? path.Append(CultureInfo.InvariantCulture, $"V{Height}H{x:0.#}") : path;
            at = Width * (part.Second + part.Seconds) / end;
            path.Append(CultureInfo.InvariantCulture, $"V{y:0.#}H{at:0.#}");
        }

        string top = $"{Numbers.Count((long)Math.Round(most))} records/s";
        return Html.Of($"""
            <figure class="speed"><figcaption><span>{top} at most</span><span>{Numbers.Duration(end)}</span></figcaption><svg viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="Records committed a second, over {Numbers.Duration(end)}: {top} at most"><path class="c-change" d="{path.ToString()}V{Height}Z"/></svg></figure>
            """);
    }
}
