using Recon.Review.Markup;

namespace Recon.Review.Sections;

/// <summary>A section that can be folded, without a script. Printed, it is open.</summary>
internal static class Fold
{
    /// <param name="told">What it holds, in some words.</param>
    public static Html Of(string title, string told, Html content, bool isOpen = false) => Html.Of($"""
        <details{(isOpen ? Html.Of($" open") : Html.None)}><summary><h3>{title}</h3><span class="what">{told}</span></summary>{content}</details>
        """);
}
