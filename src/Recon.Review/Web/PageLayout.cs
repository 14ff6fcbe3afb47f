using Recon.Review.Markup;

namespace Recon.Review.Web;

/// <summary>What is around every page.</summary>
/// <param name="formToken">What a form of this page sends along.</param>
internal sealed class PageLayout(ReviewSettings settings, IReadOnlyList<ReviewPage> pages, PageAssets assets, string formToken)
{
    // Nothing of it evaluates texts, adds styles of its own, or keeps pages in the browser's storage.
    private const string Htmx = """{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"historyCacheSize":0,"refreshOnHistoryMiss":true,"selfRequestsOnly":true,"scrollBehavior":"instant","timeout":60000}""";

    /// <param name="path">The page's own, which the navigation marks.</param>
    public Html Of(string title, string path, Html body) => Html.Of($"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">
        <meta name="htmx-config" content="{Htmx}">
        <title>{title} · recon</title>
        {StyleSheet.PageElements}{assets.Elements}</head>
        <body class="app" hx-headers="{FormHeader}">
        <a class="skip" href="#main">Skip to the content</a>
        <header class="masthead"><p class="brand"><a href="/">recon</a></p>
        <nav aria-label="Pages"><ul>{pages.Select(page => Link(page, path))}</ul></nav>
        <p class="who">{Who()}</p></header>
        <p id="lost" class="alert" role="alert" hidden></p>
        <main id="main" tabindex="-1">{body}</main>
        <p id="said" class="unseen" role="status"></p>
        <footer><p>recon <span class="id">{settings.ToolVersion}</span> on {settings.Server}. Nothing on this page changes HubSpot. Made with <a href="{PageAssets.Licence}">htmx</a>.</p></footer>
        </body></html>
        """);

    /// <summary>What forms send along that are sent without script.</summary>
    public Html FormField => Html.Of($"""<input type="hidden" name="{Guard.FormField}" value="{formToken}">""");

    private string FormHeader => $$"""{"{{Guard.FormHeader}}":"{{formToken}}"}""";

    private static Html Link(ReviewPage page, string path)
        => Html.Of($"""<li><a href="{page.Path}"{(IsAt(page.Path, path) ? Html.Of($""" aria-current="page" """) : Html.None)}>{page.Title}</a></li>""");

    private static bool IsAt(string page, string path) => page == path || (page.Length > 1 && path.StartsWith(page + "/", StringComparison.Ordinal));

    private Html Who() => Html.Join(
    [
        settings.IsMasked ? Html.Of($"""<span class="badge">values are hidden</span> """) : Html.None,
        settings.IsReadOnly ? Html.Of($"""<span class="badge">read only</span> """) : Html.Of($"""<span class="what">decides: <bdi>{settings.Reviewer}</bdi></span>"""),
    ]);
}
