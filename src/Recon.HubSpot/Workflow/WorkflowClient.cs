using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Recon.HubSpot.Workflow;

/// <summary>
/// Runs stored queries through the workflow webhook and waits for their rows. Time-outs, broken connections, 408, 429
/// and 5xx are tried again with jitter, <c>Retry-After</c> is honoured, and a service that keeps failing is left alone
/// for a while. Thread-safe.
/// </summary>
internal sealed class WorkflowClient : IDisposable
{
    /// <summary>Largest answer that is read, in bytes: 64 MiB.</summary>
    public const int MaxAnswerBytes = 64 * 1024 * 1024;

    private readonly WorkflowSettings _settings;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    private readonly string _server;

    /// <summary>Makes a client; nothing connects yet.</summary>
    /// <param name="retry">How long waits are. Default: the usual times.</param>
    /// <param name="logger">Receives why a call is tried again; none when <see langword="null"/>.</param>
    public WorkflowClient(
        WorkflowSettings settings, TimeProvider clock, WorkflowRetry? retry = null, ILogger? logger = null)
    {
        _settings = settings;
        _server = settings.Address.Authority;
        _pipeline = WorkflowPolicy.Build(settings, retry ?? new WorkflowRetry(), clock, _server, logger ?? NullLogger.Instance);

        // A redirect would carry the token to another host.
#pragma warning disable CA2000 // The client disposes it.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = settings.Timeout,
            UseCookies = false,
            // What stays on this machine may go without TLS, and to a proxy the token would travel in the clear.
            UseProxy = !settings.Address.IsLoopback,
        };
#pragma warning restore CA2000
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswerBytes };
    }

    /// <exception cref="WorkflowException">There is no result; the message says why and what to do.</exception>
    public async Task<IReadOnlyList<JsonElement>> QueryAsync(
        IReadOnlyList<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        Uri address = WorkflowQuery.Address(_settings, parameters);
        try
        {
            using HttpResponseMessage response = await _pipeline.ExecuteAsync(
                async token => await SendAsync(address, token), cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Explain(response.StatusCode);
            }

            return WorkflowAnswer.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken), _server);
        }
        catch (TimeoutRejectedException exception)
        {
            throw Unavailable(
                $"did not answer within {_settings.Timeout.TotalSeconds:0.###} s ({Attempts()}). Narrow the query, or raise \"timeoutSeconds\".", exception);
        }
        catch (BrokenCircuitException exception)
        {
            throw Unavailable("failed several times in a row and is left alone for a while. Try again in a minute.", exception);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new WorkflowException(
                WorkflowFault.Refused, $"{_server} answered more than {MaxAnswerBytes / 1024 / 1024} MiB. Narrow the query.", exception);
        }
        catch (HttpRequestException exception)
        {
            throw Unavailable($"{Cause(exception)} ({Attempts()}). Check address, network and proxy.", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_settings.Token is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        // The whole body is read here, inside time-out and retry: an answer that breaks off is tried again.
        return await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
    }

    private WorkflowException Explain(HttpStatusCode status)
    {
        int code = (int)status;
        string advice = code switch
        {
            401 or 403 when _settings.TokenVariable is { } variable => $"The token in {variable} is not accepted; renew it.",
            401 or 403 => "It wants a token; name one by \"token\": \"env:NAME\" in the definition's \"workflow\".",
            404 => "Workspace or workflow is unknown, or the workflow has no such version; compare the ids with its editor.",
            400 or 422 => "The workflow does not take these parameters; compare their names with its query.",
            429 => "It is overloaded; try again later.",
            >= 300 and < 400 => "It redirects, which is not followed because of the token; correct \"base\".",
            >= 500 => "The service is broken or busy; try again later.",
            _ => "The workflow did not run.",
        };
        string tried = WorkflowPolicy.IsTransient(status) ? $" ({Attempts()})" : "";
        return new WorkflowException(
            WorkflowPolicy.IsTransient(status) ? WorkflowFault.Unavailable : WorkflowFault.Refused,
            $"{_server} answered {code}{tried}. {advice}");
    }

    private WorkflowException Unavailable(string what, Exception cause)
        => new(WorkflowFault.Unavailable, $"{_server} {what}", cause);

    private string Attempts() => _settings.Retries == 0 ? "1 attempt" : $"{_settings.Retries + 1} attempts";

    private static string Cause(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "cannot be found: its name does not resolve",
        HttpRequestError.ConnectionError => "cannot be reached",
        HttpRequestError.SecureConnectionError => "refused the secure connection, or its certificate is not valid",
        HttpRequestError.ResponseEnded => "closed the connection in the middle of an answer",
        HttpRequestError.InvalidResponse => "answered something that is not HTTP",
        _ => "broke the connection",
    };
}
