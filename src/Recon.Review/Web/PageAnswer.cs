using Recon.Review.Markup;

namespace Recon.Review.Web;

/// <summary>Answers one request.</summary>
internal delegate Task<PageAnswer> PageHandler(PageRequest request);

/// <summary>What a request is answered with.</summary>
/// <param name="Status">As HTTP has it.</param>
/// <param name="Location">Where to look instead.</param>
/// <param name="Said">A sentence, in place of <paramref name="Body"/>.</param>
internal sealed record PageAnswer(int Status, Html Body, string? Location = null, string? Said = null)
{
    /// <summary>A part of a page, which is put where it was asked for.</summary>
    public static PageAnswer Fragment(Html body) => new(200, body);

    /// <summary>What is shown stays as it is.</summary>
    public static PageAnswer Unchanged { get; } = new(204, Html.None);

    /// <summary>After something was done: where to see it.</summary>
    public static PageAnswer SeeOther(string path) => new(303, Html.None, path);

    /// <summary>Nothing was done, and why.</summary>
    public static PageAnswer Refused(int status, string sentence) => new(status, Html.None, Said: sentence);
}
