using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow.Definition;
using Recon.Postgres.Connections;
using Recon.Postgres.Staging;
using Recon.Review.Markup;
using Recon.Review.Web;
using Recon.Testing;

namespace Recon.Review.Tests.Web;

/// <summary>Who is let in, and what a browser is told.</summary>
public sealed class ReviewServerTests
{
    private static readonly ReviewPage s_page = new("Test", "/", routes =>
    {
        routes.Get("/", request => Task.FromResult(request.Page("Test", Html.Of($"<p>A page.</p>"))));
        routes.Post("/do", async request =>
        {
            string what = (await request.FormAsync())["what"].ToString();
            return PageAnswer.Fragment(Html.Of($"<p>Done: {what}</p>"));
        });
        routes.PostReading("/look", _ => Task.FromResult(PageAnswer.Fragment(Html.Of($"<p>Seen.</p>"))));
        routes.Get("/cleared", _ => throw new StagingException("There is no result: run it again."));
        routes.Get("/fails", _ => throw new InvalidOperationException("secret value"));
    });

    [Fact]
    public async Task Address_WithItsToken_IsExchangedForACookieThatNoOtherSiteGets()
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = Client();

        using HttpResponseMessage answer = await client.GetAsync(new Uri(server.Address), Token);

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location!.ToString());
        string cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(new Uri(server.Address).Query.Split('=')[1], cookie, StringComparison.Ordinal);
        Assert.Contains("A page.", await client.GetStringAsync(Root(server), Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?token=")]
    [InlineData("?token=0123456789abcdef")]
    [InlineData("alive")]
    [InlineData("assets/page.js")]
    [InlineData("nothing-there")]
    public async Task Request_WithoutTheToken_IsRefusedWithASentence(string path)
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = Client();

        using HttpResponseMessage answer = await client.GetAsync(new Uri(Root(server), path), Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.Contains("recon review", text, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("rebound.example.com")]
    [InlineData("127.0.0.1:1")]
    [InlineData("127.0.0.1.example.com")]
    public async Task Request_UnderAnotherName_IsRefusedEvenWithTheToken(string host)
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        request.Headers.Host = host;

        using HttpResponseMessage answer = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task Page_AskedForByAnotherPage_IsRefusedEvenWithTheCookie(string site, HttpStatusCode expected)
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = await EnterAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Get, Root(server));
        request.Headers.Add("Sec-Fetch-Site", site);

        using HttpResponseMessage answer = await client.SendAsync(request, Token);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Address_FollowedFromAnotherPage_GoesOnFromAPageOfItsOwn()
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address);
        request.Headers.Add("Sec-Fetch-Site", "cross-site");

        using HttpResponseMessage answer = await client.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"http-equiv=\"refresh\" content=\"0;url={Root(server)}\"", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cross-site", "navigate", "document", HttpStatusCode.OK)]
    [InlineData("same-origin", "navigate", "document", HttpStatusCode.Unauthorized)]
    [InlineData("cross-site", "no-cors", "image", HttpStatusCode.Unauthorized)]
    [InlineData("cross-site", "navigate", "iframe", HttpStatusCode.Unauthorized)]
    public async Task Page_FollowedFromAnotherPage_AsksAgainFromHereAndShowsNothing(string site, string mode, string destination, HttpStatusCode expected)
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Root(server), "/?x=%22%3E%3Cb%3E"));
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);
        request.Headers.Add("Sec-Fetch-Dest", destination);

        using HttpResponseMessage answer = await client.SendAsync(request, Token);

        Assert.Equal(expected, answer.StatusCode);
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.DoesNotContain("A page.", text, StringComparison.Ordinal);
        Assert.Equal(expected == HttpStatusCode.OK, text.Contains($"content=\"0;url={Root(server)}?x=%22%3E%3Cb%3E\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AddressOnce_AskedForTwice_LetsInOnce()
    {
        await using ReviewServer server = await StartAsync();
        string once = server.AddressOnce();
        Assert.NotEqual(server.Address, once);
        using HttpClient first = Client();
        using HttpClient second = Client();

        using HttpResponseMessage let = await first.GetAsync(new Uri(once), Token);
        using HttpResponseMessage refused = await second.GetAsync(new Uri(once), Token);

        Assert.Equal(HttpStatusCode.SeeOther, let.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task Answers_OfEveryKind_TellTheBrowserToTrustNothingElse()
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = await EnterAsync(server);
        using HttpClient stranger = Client();
        foreach ((HttpClient who, string path) in (IEnumerable<(HttpClient, string)>)[(client, ""), (client, "assets/htmx.js"), (client, "nothing-there"), (client, "fails"), (stranger, "")])
        {
            using HttpResponseMessage answer = await who.GetAsync(new Uri(Root(server), path), Token);
            string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Matches("^default-src 'none'; script-src 'self'; style-src( 'sha256-[^']+')+; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$", policy);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
            Assert.True(answer.Headers.CacheControl!.NoStore);
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1", null, true, true, HttpStatusCode.OK)]
    [InlineData(null, "same-origin", true, true, HttpStatusCode.OK)]
    [InlineData("http://127.0.0.1", null, true, false, HttpStatusCode.SeeOther)]
    [InlineData(null, null, true, true, HttpStatusCode.Forbidden)]
    [InlineData("http://example.com", null, true, true, HttpStatusCode.Forbidden)]
    [InlineData("null", null, true, true, HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1", "same-site", true, true, HttpStatusCode.Forbidden)]
    [InlineData("http://127.0.0.1", "same-origin", false, true, HttpStatusCode.Forbidden)]
    public async Task Post_FromElsewhereOrWithoutTheFormsToken_IsRefused(string? origin, string? site, bool hasToken, bool inHeader, HttpStatusCode expected)
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = await EnterAsync(server);
        string token = hasToken ? await FormTokenAsync(client, server) : "0123456789abcdef";
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Root(server), "do"));
        Dictionary<string, string> fields = new() { ["what"] = "it" };
        if (inHeader)
        {
            request.Headers.Add("X-Recon-Form", token);
            request.Headers.Add("HX-Request", "true");
        }
        else
        {
            fields.Add("form-token", token);
        }

        if (origin is not null)
        {
            request.Headers.Add("Origin", origin == "http://127.0.0.1" ? Root(server).ToString().TrimEnd('/') : origin);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        request.Content = new FormUrlEncodedContent(fields);
        using HttpResponseMessage answer = await client.SendAsync(request, Token);

        Assert.Equal(expected, answer.StatusCode);
        if (expected == HttpStatusCode.SeeOther)
        {
            Uri kept = new(Root(server), answer.Headers.Location!);
            Assert.Contains("Done: it", await client.GetStringAsync(kept, Token), StringComparison.Ordinal);
            Assert.Contains("Done: it", await client.GetStringAsync(kept, Token), StringComparison.Ordinal);
            using HttpResponseMessage other = await client.GetAsync(new Uri(Root(server), "answer?of=0123"), Token);
            Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
            return;
        }

        Assert.Equal(expected == HttpStatusCode.OK, (await answer.Content.ReadAsStringAsync(Token)).Contains("Done: it", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("do", HttpStatusCode.Forbidden, "read only")]
    [InlineData("look", HttpStatusCode.OK, "Seen.")]
    public async Task Post_OfAPageThatIsReadOnly_IsRefusedUnlessItOnlyReads(string path, HttpStatusCode expected, string said)
    {
        await using ReviewServer server = await StartAsync(settings => settings with { IsReadOnly = true });
        using HttpClient client = await EnterAsync(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Root(server), path)) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Add("X-Recon-Form", await FormTokenAsync(client, server));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        using HttpResponseMessage answer = await client.SendAsync(request, Token);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Contains(said, await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_OfAnotherMethod_IsRefused()
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = await EnterAsync(server);

        using HttpResponseMessage answer = await client.DeleteAsync(Root(server), Token);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task Page_ThatFails_SaysSoWithoutTheFailuresWords()
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = await EnterAsync(server);

        using HttpResponseMessage answer = await client.GetAsync(new Uri(Root(server), "fails"), Token);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        string text = await answer.Content.ReadAsStringAsync(Token);
        Assert.Contains("InvalidOperationException", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAResultThatIsGone_SaysWhatIs()
    {
        await using ReviewServer server = await StartAsync();
        using HttpClient client = await EnterAsync(server);

        using HttpResponseMessage answer = await client.GetAsync(new Uri(Root(server), "cleared"), Token);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Equal("There is no result: run it again.\n", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Server_Listens_OnLoopbackOnly()
    {
        await using ReviewServer server = await StartAsync();
        IPAddress[] others = [.. (await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork, Token)).Where(address => !IPAddress.IsLoopback(address))];
        foreach (IPAddress address in others)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await Assert.ThrowsAsync<SocketException>(() => socket.ConnectAsync(address, Root(server).Port, Token).AsTask());
        }

        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Root(server).Port, Token);
    }

    [Fact]
    public async Task Port_ThatIsTaken_IsRefused()
    {
        await using ReviewServer server = await StartAsync();

        await Assert.ThrowsAsync<IOException>(() => ReviewServer.StartAsync(Settings(), [s_page], Root(server).Port, Token));
    }

    [Fact]
    public void Htmx_InTheRepository_IsTheOneOfTheRegistry()
        => Assert.Equal(
            "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717",
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Repository.Root, "src/Recon.Review/Web/Assets/htmx.min.js")))));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<ReviewServer> StartAsync(Func<ReviewSettings, ReviewSettings>? change = null)
        => ReviewServer.StartAsync(change is null ? Settings() : change(Settings()), [s_page], 0, Token);

    private static ReviewSettings Settings()
    {
        DefinitionReading reading = DefinitionReader.Read(Path.Combine(Repository.Root, "pipeline.json"));
        return new ReviewSettings
        {
            Reading = reading,
            Pipelines = reading.Definition!.Pipelines,
            Sources = ReconDataSources.ForConnectionString("Host=127.0.0.1;Username=nobody;Database=nothing", new DataSourceOptions()),
            Reviewer = "somebody",
            ToolVersion = "0",
            Clock = TimeProvider.System,
            Logger = NullLogger.Instance,
            Stopping = Token,
        };
    }

    private static HttpClient Client() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    private static async Task<HttpClient> EnterAsync(ReviewServer server)
    {
        HttpClient client = Client();
        using HttpResponseMessage answer = await client.GetAsync(new Uri(server.Address), Token);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return client;
    }

    private static Uri Root(ReviewServer server) => new(server.Address.Split('?')[0]);

    private static async Task<string> FormTokenAsync(HttpClient client, ReviewServer server)
    {
        const string Before = "{&quot;X-Recon-Form&quot;:&quot;";
        string page = await client.GetStringAsync(Root(server), Token);
        int at = page.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        return page[at..page.IndexOf('&', at)];
    }
}
