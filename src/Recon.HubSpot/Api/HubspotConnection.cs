using System.Net;
using System.Net.Http.Headers;

namespace Recon.HubSpot.Api;

/// <summary>What one attempt of a call gave.</summary>
internal abstract record Attempt
{
    internal sealed record Answered(int Status, string? CorrelationId, byte[] Body, RateState Rate, TimeSpan? RetryAfter) : Attempt;

    /// <param name="Sent">Whether HubSpot may have received it.</param>
    internal sealed record Failed(bool Sent, string Why) : Attempt;

    internal sealed record TooLarge : Attempt;
}

/// <summary>Makes single attempts of calls over HTTP: no redirects, no cookies, bounded answers. Thread-safe.</summary>
internal sealed class HubspotConnection : IDisposable
{
    /// <summary>Largest answer that is read, in bytes: 64 MiB.</summary>
    public const int MaxAnswerBytes = 64 * 1024 * 1024;

    private readonly HubspotSettings _settings;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public HubspotConnection(HubspotSettings settings, TimeProvider clock)
    {
        (_settings, _clock) = (settings, clock);

        // A redirect would carry the token to another host.
#pragma warning disable CA2000 // The client disposes it.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = settings.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            // What stays on this machine may go without TLS, and to a proxy the token would travel in the clear.
            UseProxy = !settings.Base.IsLoopback,
        };
#pragma warning restore CA2000
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
    }

    public async Task<Attempt> TryAsync(ApiCall call, CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(_settings.Timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        using SentContent? content = call.Body is null ? null : new SentContent(call.Body);
        using HttpRequestMessage request = Request(call, content);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, both.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(both.Token);
            DateTimeOffset now = _clock.GetUtcNow();
            return new Attempt.Answered(
                (int)response.StatusCode,
                response.Headers.TryGetValues("X-HubSpot-Correlation-Id", out IEnumerable<string>? id) ? id.FirstOrDefault() : null,
                body,
                RateHeaders.Read(response.Headers, now),
                RateHeaders.RetryAfter(response.Headers, now));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return new Attempt.TooLarge();
        }
        catch (HttpRequestException exception)
        {
            return new Attempt.Failed(content?.Started ?? true, Cause(exception));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt.Failed(content?.Started ?? true, $"got no answer within {_settings.Timeout.TotalSeconds:0.###} s");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(ApiCall call, SentContent? content)
    {
        var request = new HttpRequestMessage(call.Method, _settings.Base.AbsoluteUri.TrimEnd('/') + call.Path) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _settings.Token);
        return request;
    }

    private static string Cause(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "found no such host: its name does not resolve",
        HttpRequestError.ConnectionError => "could not connect",
        HttpRequestError.SecureConnectionError => "was refused a secure connection, or the certificate is not valid",
        HttpRequestError.ResponseEnded => "was cut off in the middle of the answer",
        HttpRequestError.InvalidResponse => "got an answer that is not HTTP",
        HttpRequestError.ProxyTunnelError => "was refused by the proxy",
        _ => "lost its connection",
    };
}
