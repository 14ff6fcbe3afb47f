using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Recon.Review.Markup;

namespace Recon.Review.Web;

/// <summary>
/// Stands before every page: lets in who has the token that was printed, and refuses what other pages of a browser, or
/// names that lead to this machine, ask for.
/// </summary>
/// <param name="port">Where it listens.</param>
internal sealed class Guard(int port)
{
    /// <summary>What a request that a page of ours sends has.</summary>
    public const string FormHeader = "X-Recon-Form";

    /// <summary>The same, as a field of a form.</summary>
    public const string FormField = "form-token";

    private const string TokenName = "token";

    private static readonly TimeSpan s_onceFor = TimeSpan.FromMinutes(2);

    private readonly string _token = Secret();
    private readonly string _session = Secret();

    // Cookies know no ports: two servers of one machine must not overwrite each other's.
    private readonly string _cookie = string.Create(CultureInfo.InvariantCulture, $"recon-review-{port}");

    private readonly string[] _hosts = [.. ((string[])["127.0.0.1", "[::1]", "localhost"]).Select(host => string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"))];

    private string? _once;
    private DateTimeOffset _onceUntil;

    /// <summary>What forms send along, so that no other page can send them.</summary>
    public string FormToken { get; } = Secret();

    /// <summary>The address that lets in.</summary>
    public string Address => AddressWith(_token);

    /// <summary>An address that lets in once, soon: a browser's command line can be read by everybody on the machine.</summary>
    public string AddressOnce(TimeProvider clock)
    {
        string once = Secret();
        _onceUntil = clock.GetUtcNow() + s_onceFor;
        Volatile.Write(ref _once, once);
        return AddressWith(once);
    }

    /// <summary>What every answer says to the browser.</summary>
    public static void SetHeaders(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = $"default-src 'none'; script-src 'self'; style-src {StyleSheet.PageSources}; img-src 'self'; connect-src 'self'; "
            + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    /// <returns>Whether the request may go on; it is answered otherwise.</returns>
    public async Task<bool> LetInAsync(HttpContext http, TimeProvider clock)
    {
        HttpRequest request = http.Request;
        if (http.Connection.RemoteIpAddress is not { } from || !IPAddress.IsLoopback(from) || !_hosts.Contains(request.Host.Value, StringComparer.OrdinalIgnoreCase))
        {
            return await RefuseAsync(http, StatusCodes.Status421MisdirectedRequest, $"This server answers to {_hosts[0]} only.");
        }

        if (request.Method == HttpMethods.Get && request.Path == "/" && request.Query[TokenName] is [{ } given])
        {
            return await EnterAsync(http, given, clock);
        }

        if (!Same(request.Cookies[_cookie], _session))
        {
            // Whoever follows a link on another page comes without the cookie; a page of ours asks again, with it.
            if (HttpMethods.IsGet(request.Method) && IsFromElsewhere(request) && request.Headers["Sec-Fetch-Mode"] is ["navigate"] && request.Headers["Sec-Fetch-Dest"] is ["document"])
            {
                await GoOnAsync(http, $"http://{request.Host.Value}{request.Path}{request.QueryString}");
                return false;
            }

            return await RefuseAsync(http, StatusCodes.Status401Unauthorized, "Open the address that 'recon review' has printed: it holds the token that lets you in.");
        }

        // Other servers of this machine are of the same site, so that the cookie alone does not tell their pages from ours.
        if (IsFromElsewhere(request))
        {
            return await RefuseAsync(http, StatusCodes.Status403Forbidden, "Another page has asked for this. Nothing was done.");
        }

        if (HttpMethods.IsGet(request.Method))
        {
            return true;
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            return await RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, "Only GET and POST are answered here.");
        }

        return await MayPostAsync(request)
            || await RefuseAsync(http, StatusCodes.Status403Forbidden, "This does not come from a form of this page. Load the page again. Nothing was done.");
    }

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));

    // In a time that tells nothing of how much of it is right.
    private static bool Same(string? given, string? expected)
        => given is not null && expected is not null
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(expected)));

    private static bool IsFromElsewhere(HttpRequest request) => request.Headers["Sec-Fetch-Site"] is [not ("same-origin" or "none")];

    private static Task GoOnAsync(HttpContext http, string address)
    {
        http.Response.ContentType = "text/html; charset=utf-8";
        return http.Response.WriteAsync(Sentence.Page("One moment.", goOn: address).ToString(), http.RequestAborted);
    }

    private static async Task<bool> RefuseAsync(HttpContext http, int status, string sentence)
    {
        await Sentence.WriteAsync(http, status, sentence);
        return false;
    }

    private string AddressWith(string token) => $"http://{_hosts[0]}/?{TokenName}={token}";

    private async Task<bool> EnterAsync(HttpContext http, string given, TimeProvider clock)
    {
        bool isOnce = Same(given, Volatile.Read(ref _once)) && Interlocked.Exchange(ref _once, null) is not null && clock.GetUtcNow() <= _onceUntil;
        if (!isOnce && !Same(given, _token))
        {
            return await RefuseAsync(http, StatusCodes.Status401Unauthorized, "This token is not the one of the 'recon review' that is running. Open the address that it has printed.");
        }

        http.Response.Cookies.Append(_cookie, _session, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
        if (IsFromElsewhere(http.Request))
        {
            // Followed from another page, a redirect would arrive without the cookie that it sets.
            await GoOnAsync(http, $"http://{http.Request.Host.Value}/");
            return false;
        }

        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = "/";
        return false;
    }

    // Every browser says where a form comes from, in one of two ways.
    private async Task<bool> MayPostAsync(HttpRequest request)
    {
        bool isFromHere = request.Headers["Sec-Fetch-Site"] is ["same-origin"]
            || (!request.Headers.ContainsKey("Sec-Fetch-Site") && request.Headers.Origin is [{ } origin] && origin == $"http://{request.Host.Value}");
        if (!isFromHere)
        {
            return false;
        }

        return Same(request.Headers[FormHeader] is [{ } header] ? header : null, FormToken)
            || (request.HasFormContentType && (await request.ReadFormAsync(request.HttpContext.RequestAborted))[FormField] is [{ } field] && Same(field, FormToken));
    }
}
