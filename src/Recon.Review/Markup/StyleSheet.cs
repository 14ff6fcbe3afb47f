using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Recon.Review.Markup;

/// <summary>How pages look: constant texts, which a page's policy names by their hashes.</summary>
internal static class StyleSheet
{
    private static readonly Lazy<Sheet> s_report = new(() => Sheet.Of("report.css"));
    private static readonly Lazy<Sheet> s_page = new(() => Sheet.Of("page.css"));
    private static readonly Lazy<Sheet> s_judge = new(() => Sheet.Of("judge.css"));

    /// <summary>The element that holds it, in a report.</summary>
    public static Html Element => s_report.Value.Element;

    /// <summary>What a content security policy says to allow it, and no other.</summary>
    public static string Source => s_report.Value.Source;

    /// <summary>The same for pages that are served: what reports have, and more.</summary>
    public static Html PageElements { get; } = Html.Of($"{s_report.Value.Element}{s_page.Value.Element}{s_judge.Value.Element}");

    public static string PageSources { get; } = $"{s_report.Value.Source} {s_page.Value.Source} {s_judge.Value.Source}";

    private sealed record Sheet(Html Element, string Source)
    {
        public static Sheet Of([ConstantExpected] string resource)
        {
            Html text = Html.Resource(resource);
            return new Sheet(Html.Of($"<style>{text}</style>"), $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))}'");
        }
    }
}
