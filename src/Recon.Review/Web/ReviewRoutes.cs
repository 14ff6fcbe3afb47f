using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Recon.Review.Web;

/// <summary>Takes what pages answer to. Whoever is asked may ask: the guard stands before.</summary>
internal sealed class ReviewRoutes(IEndpointRouteBuilder endpoints, ReviewSettings settings, PageLayout layout)
{
    private const string Kept = "/answer";
    private const string KeptName = "of";

    private readonly KeptAnswers _kept = new();

    public ReviewSettings Settings => settings;

    /// <summary>Shows what posts without script were answered with.</summary>
    public void MapKept() => Get(Kept, request => Task.FromResult(
        _kept.Find(request.Query(KeptName)) ?? PageAnswer.Refused(StatusCodes.Status404NotFound, "This answer is not kept any more. What was done is done; go on from one of the pages above.")));

    public void Get([ConstantExpected] string path, PageHandler handler) => endpoints.MapGet(path, http => AnswerAsync(http, handler));

    /// <summary>Something that is done: a form of this page asks for it. Refused where the page is read only.</summary>
    public void Post([ConstantExpected] string path, PageHandler handler)
        => endpoints.MapPost(path, http => AnswerAsync(http, settings.IsReadOnly ? RefuseAsync : async request => Followed(request, await handler(request))));

    /// <summary>Something that is asked for by a form, and changes nothing.</summary>
    public void PostReading([ConstantExpected] string path, PageHandler handler) => endpoints.MapPost(path, http => AnswerAsync(http, handler));

    private static Task<PageAnswer> RefuseAsync(PageRequest request)
        => Task.FromResult(PageAnswer.Refused(StatusCodes.Status403Forbidden, "This page is read only: it was started with --read-only. Nothing was changed."));

    // Without script the answer becomes the page: loading it again must not do it again.
    private PageAnswer Followed(PageRequest request, PageAnswer answer) => request.IsFragment || answer is not { Status: StatusCodes.Status200OK, Location: null, Said: null }
        ? answer
        : PageAnswer.SeeOther($"{Kept}?{KeptName}={_kept.Keep(answer)}");

    private async Task AnswerAsync(HttpContext http, PageHandler handler)
    {
        PageAnswer answer = await handler(new PageRequest(http, settings, layout));
        http.Response.StatusCode = answer.Status;
        if (answer.Location is { } location)
        {
            http.Response.Headers.Location = location;
        }
        else if (answer.Said is { } said)
        {
            await Sentence.WriteAsync(http, answer.Status, said, layout);
        }
        else if (answer.Status != StatusCodes.Status204NoContent)
        {
            http.Response.ContentType = "text/html; charset=utf-8";
            await http.Response.WriteAsync(answer.Body.WithInPosts(layout.FormField).ToString(), http.RequestAborted);
        }
    }
}
