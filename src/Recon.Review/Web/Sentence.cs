using Microsoft.AspNetCore.Http;
using Recon.Review.Markup;

namespace Recon.Review.Web;

/// <summary>An answer that is one sentence: to a script as it is, to a person as a page.</summary>
internal static class Sentence
{
    /// <param name="layout">What is around the page; <see langword="null"/> for whoever may not see it.</param>
    public static async Task WriteAsync(HttpContext http, int status, string text, PageLayout? layout = null)
    {
        bool isPage = !http.Request.Headers.ContainsKey("HX-Request")
            && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
        http.Response.StatusCode = status;
        http.Response.ContentType = $"text/{(isPage ? "html" : "plain")}; charset=utf-8";
        await http.Response.WriteAsync(
            !isPage ? text + "\n"
            : layout is null ? Page(text).ToString()
            : layout.Of("Not here", http.Request.Path, Html.Of($"""<h1 class="unseen">Not here</h1><p class="sentence">{text}</p>""")).ToString(),
            http.RequestAborted);
    }

    /// <param name="goOn">Where the page goes on to by itself; <see langword="null"/> for nowhere.</param>
    public static Html Page(string text, string? goOn = null) => Html.Of($"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
        {(goOn is null ? Html.None : Html.Of($"""<meta http-equiv="refresh" content="{$"0;url={goOn}"}">"""))}<title>recon review</title>{StyleSheet.PageElements}</head>
        <body><main><h1>recon review</h1><p class="sentence">{text}</p>{(goOn is null ? Html.None : Html.Of($"""<p><a href="{goOn}">Go on</a></p>"""))}</main></body></html>
        """);
}
