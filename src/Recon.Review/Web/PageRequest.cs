using Microsoft.AspNetCore.Http;
using Recon.Dataflow.Definition;
using Recon.Review.Markup;

namespace Recon.Review.Web;

/// <summary>A request of somebody who may ask.</summary>
internal sealed class PageRequest(HttpContext http, ReviewSettings settings, PageLayout layout)
{
    public ReviewSettings Settings => settings;

    /// <summary>Cancelled when nobody waits for the answer any more.</summary>
    public CancellationToken Stop => http.RequestAborted;

    /// <summary>Whether a part of a page is asked for, to be put in place of another.</summary>
    public bool IsFragment => http.Request.Headers.ContainsKey("HX-Request");

    public string Path => http.Request.Path;

    /// <summary>Everything behind the question mark, which it includes.</summary>
    public string QueryText => http.Request.QueryString.Value ?? "";

    /// <summary>A value of the address; <see langword="null"/> for none.</summary>
    public string? Query(string name) => http.Request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;

    /// <summary>What was posted.</summary>
    public Task<IFormCollection> FormAsync() => http.Request.ReadFormAsync(Stop);

    /// <summary>The pipeline that the address names; <see langword="null"/> for none of the definition.</summary>
    public ValidPipeline? Pipeline(string? name) => settings.Pipelines.FirstOrDefault(pipeline => pipeline.Name == name);

    /// <summary>A whole page.</summary>
    /// <param name="title">For the window and the heading that is read aloud.</param>
    public PageAnswer Page(string title, Html body) => new(200, layout.Of(title, Path, body));
}
