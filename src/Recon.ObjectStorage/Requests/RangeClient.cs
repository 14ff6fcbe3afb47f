using System.Net;
using Polly;
using Polly.Retry;
using Recon.Dataflow.Extract;
using Recon.ObjectStorage.Addresses;

namespace Recon.ObjectStorage.Requests;

/// <summary>
/// Asks for ranges of objects. What may pass (a connection that breaks, silence, 408, 429 and 5xx) is tried again a bounded number of
/// times, and goes on at the byte that it had come to. No redirects, no cookies. Thread-safe.
/// </summary>
internal sealed class RangeClient : IDisposable
{
    private const int HeadBytes = 4;

    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline _retry;
    private readonly Lazy<HttpClient> _direct;
    private readonly Lazy<HttpClient> _proxied;

    public RangeClient(RequestOptions options, TimeProvider clock)
    {
        (Options, _clock) = (options, clock);
        _direct = new(() => Connect(useProxy: false));
        _proxied = new(() => Connect(useProxy: true));
        var retry = new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<TransientException>(),
            MaxRetryAttempts = Math.Max(1, options.Tries - 1),
            Delay = options.Delay,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            DelayGenerator = static failed => new ValueTask<TimeSpan?>((failed.Outcome.Exception as TransientException)?.RetryAfter),
        };
        _retry = options.Tries < 2 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = clock }.AddRetry(retry).Build();
    }

    public RequestOptions Options { get; }

    /// <summary>Looks at an object by a request for its first bytes, which tells size and ETag, and whether ranges are known.</summary>
    /// <exception cref="InputException">It cannot be read.</exception>
    /// <exception cref="InputUnavailableException">The storage does not answer.</exception>
    public async Task<FoundObject> FindAsync(ObjectTarget target, CancellationToken cancellationToken)
        => await TryAsync(target, token => AttemptAsync(target, 0, HeadBytes - 1, null, (response, _, inner) => RangeAnswer.FoundAsync(target, response, inner), token), cancellationToken);

    /// <summary>Reads a range, of which every byte is there.</summary>
    /// <param name="found">The object as it was when it was looked at.</param>
    /// <exception cref="InputException">It is not the same any more, or cannot be read.</exception>
    /// <exception cref="InputUnavailableException">The storage does not answer.</exception>
    public async Task ReadAsync(ObjectTarget target, FoundObject found, long from, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            done += await TryAsync(
                target,
                token => AttemptAsync(
                    target,
                    from + done,
                    from + bytes.Length - 1,
                    found.EntityTag,
                    (response, heard, inner) => RangeAnswer.TakeAsync(target, found, from + done, bytes[done..], response, heard, inner),
                    token),
                cancellationToken);
        }
    }

    public void Dispose()
    {
        foreach (Lazy<HttpClient> made in (Lazy<HttpClient>[])[_direct, _proxied])
        {
            if (made.IsValueCreated)
            {
                made.Value.Dispose();
            }
        }
    }

    private HttpClient Connect(bool useProxy)
    {
        // A redirect would carry a signature to another host, and what is unpacked has other lengths than what was asked for.
#pragma warning disable CA2000 // The client disposes it.
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = Options.Silence,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            // What stays on this machine may go without TLS, and would travel to a proxy in the clear.
            UseProxy = useProxy,
        };
#pragma warning restore CA2000
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private async Task<T> TryAsync<T>(ObjectTarget target, Func<CancellationToken, Task<T>> attempt, CancellationToken cancellationToken)
    {
        try
        {
            return await _retry.ExecuteAsync(async token => await attempt(token), cancellationToken);
        }
        catch (TransientException failure)
        {
            throw new InputUnavailableException(
                $"{target.Name} cannot be read: {target.Server} {failure.Message}, at each of {Options.Tries} tries. Check address, network and proxy; what was committed is kept, and a run goes on with --resume.",
                failure);
        }
    }

    private async Task<T> AttemptAsync<T>(
        ObjectTarget target,
        long from,
        long to,
        string? entityTag,
        Func<HttpResponseMessage, Action, CancellationToken, Task<T>> take,
        CancellationToken cancellationToken)
    {
        using var silence = new CancellationTokenSource(Options.Silence, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            HttpClient http = (target.IsLoopback ? _direct : _proxied).Value;
            using HttpRequestMessage request = target.Request(from, to, entityTag, _clock.GetUtcNow());
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && entityTag is null)
            {
                // Nothing has no first byte: whether it is that, a request for the whole tells.
                using HttpRequestMessage whole = target.Request(0, null, null, _clock.GetUtcNow());
                using HttpResponseMessage nothing = await http.SendAsync(whole, HttpCompletionOption.ResponseHeadersRead, both.Token);
                return nothing is { StatusCode: HttpStatusCode.OK, Content.Headers.ContentLength: 0 }
                    ? await take(nothing, Heard, both.Token)
                    : throw await AnswerJudge.FailureAsync(target, nothing, Options, _clock.GetUtcNow(), both.Token);
            }

            return response.StatusCode == HttpStatusCode.PartialContent
                ? await take(response, Heard, both.Token)
                : throw await AnswerJudge.FailureAsync(target, response, Options, _clock.GetUtcNow(), both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransientException($"sent nothing for {Options.Silence.TotalSeconds:0.###} s");
        }
        catch (HttpRequestException failure)
        {
            throw new TransientException(Cause(failure), innerException: failure);
        }
        catch (IOException failure) when (failure is not InputUnavailableException)
        {
            throw new TransientException("broke the connection off", innerException: failure);
        }

        void Heard() => silence.CancelAfter(Options.Silence);
    }

    private static string Cause(HttpRequestException failure) => failure.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "has a name that does not resolve",
        HttpRequestError.ConnectionError => "could not be connected to",
        HttpRequestError.SecureConnectionError => "refused a secure connection, or its certificate is not valid",
        HttpRequestError.ProxyTunnelError => "was refused by the proxy",
        HttpRequestError.InvalidResponse => "gave an answer that is not HTTP",
        _ => "broke the connection off",
    };
}
