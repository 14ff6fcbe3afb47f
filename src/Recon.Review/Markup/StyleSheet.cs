using System.Security.Cryptography;
using System.Text;

namespace Recon.Review.Markup;

/// <summary>How pages look: one constant text, which a page's policy names by its hash.</summary>
internal static class StyleSheet
{
    private static readonly Lazy<Html> s_text = new(() => Html.Resource("report.css"));

    /// <summary>The element that holds it.</summary>
    public static Html Element => Html.Of($"<style>{s_text.Value}</style>");

    /// <summary>What a content security policy says to allow it, and no other.</summary>
    public static string Source => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(s_text.Value.ToString())))}'";
}
