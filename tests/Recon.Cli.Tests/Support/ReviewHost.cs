using System.Net;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary><c>recon review</c> as a process, and a visitor who was let in.</summary>
internal sealed class ReviewHost : IAsyncDisposable
{
    private readonly CliProcess _process;
    private readonly HttpClientHandler _handler;
    private readonly HttpClient _client;

    private ReviewHost(CliProcess process, string address)
    {
        (_process, Address) = (process, address);
        _handler = new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
        _client = new HttpClient(_handler) { BaseAddress = Root };
    }

    /// <summary>What it printed first: it lets in.</summary>
    public string Address { get; }

    public Uri Root => new(Address.Split('?')[0]);

    /// <summary>What standard error holds so far.</summary>
    public string ErrorSoFar => _process.ErrorSoFar;

    /// <param name="definition">The definition file.</param>
    public static async Task<ReviewHost> StartAsync(TestDatabase database, string definition, params string[] args)
    {
        CliProcess process = CliProcess.Start(
            Path.GetDirectoryName(definition)!, [], ["review", "--no-open", .. args, "--definition", definition, "--postgres", database.ConnectionString]);
        try
        {
            await Until.TrueAsync(
                () => $"the address of the page, beside: {process.ErrorSoFar}",
                () => Task.FromResult(process.OutputSoFar.Contains('\n', StringComparison.Ordinal) || process.HasExited),
                TestContext.Current.CancellationToken);
            Assert.False(process.HasExited, process.ErrorSoFar);
            var host = new ReviewHost(process, process.OutputSoFar.Split('\n')[0].TrimEnd());
            using HttpResponseMessage entered = await host._client.GetAsync(new Uri(host.Address), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.SeeOther, entered.StatusCode);
            return host;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks for a page.</summary>
    public async Task<string> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        using HttpResponseMessage answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{path}: {answer.StatusCode} {text} {ErrorSoFar}");
        return text;
    }

    /// <summary>Where a page leads to.</summary>
    public async Task<string> FollowAsync(string path)
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.Location!.ToString();
    }

    /// <summary>Sends a form as a page of its own does.</summary>
    public async Task<(HttpStatusCode Status, string Text)> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        const string Before = "{&quot;X-Recon-Form&quot;:&quot;";
        string page = await GetAsync("/");
        int at = page.IndexOf(Before, StringComparison.Ordinal) + Before.Length;
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))) };
        request.Headers.Add("X-Recon-Form", page[at..page.IndexOf('&', at)]);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        request.Headers.Add("HX-Request", "true");
        using HttpResponseMessage answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Ends it as Ctrl-C does.</summary>
    public async Task<CliRun> EndAsync(int signal = 2)
    {
        _process.Signal(signal);
        return await _process.EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _handler.Dispose();
        await _process.DisposeAsync();
    }
}
