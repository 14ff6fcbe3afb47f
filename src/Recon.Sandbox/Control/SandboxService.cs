using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Recon.Sandbox.Api;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox.Control;

/// <summary>Takes requests one at a time, answers them, and does on the way what traps ask for.</summary>
internal sealed class SandboxService
{
    private const int SlowMilliseconds = 1_000;

    private readonly SandboxOptions _options;
    private readonly SandboxPortal _portal;
    private readonly SandboxApi _api;
    private readonly ControlApi _control;
    private readonly RateWindow _window;

    public SandboxService(SandboxOptions options)
    {
        (_options, _portal, Log) = (options, options.Portal, new CallLog(options.KeptCalls));
        foreach (SandboxTrap trap in options.Traps)
        {
            Traps.Add(trap);
        }

        _api = new SandboxApi(options);
        _control = new ControlApi(_portal, Traps, Log);
        _window = new RateWindow(_portal, options);
    }

    public SandboxTraps Traps { get; } = new();

    public CallLog Log { get; }

    public async Task ServeAsync(HttpContext http)
    {
        byte[] body = await ReadAsync(http);
        JsonElement? json = Parse(body, out string? wrong);
        if (http.Request.Path.StartsWithSegments(ControlApi.Root, StringComparison.Ordinal, out PathString below))
        {
            await WriteAsync(http, TokenOf(http) == _options.Token
                ? _control.Answer(http.Request.Method, below.Value ?? "", json)
                : ErrorJson.Answer(ApiFault.NoToken(), "sandbox"));
            return;
        }

        Served served = Answer(http, body, json, wrong);
        if (served.Traps.Find(TrapKind.Slow) is { } slow)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(slow.Number(SlowMilliseconds)), _portal.Clock, http.RequestAborted);
        }

        await SendAsync(http, served);
    }

    private Served Answer(HttpContext http, byte[] body, JsonElement? json, string? wrong)
    {
        var route = ApiRoute.Of(http.Request.Method, http.Request.Path.Value ?? "/");
        string correlation = Guid.NewGuid().ToString();
        lock (_portal.Sync)
        {
            ActiveTraps traps = Traps.Take(route.Kind, route.Type is { } type ? ObjectTypes.NameOf(type) : null, ApiRequest.IdsOf(route, json));
            (string? refused, RateNumbers numbers) = _window.Count(traps);
            ApiAnswer answer = traps.Has(TrapKind.CutBefore) ? new ApiAnswer(0, [])
                : refused is not null ? ErrorJson.Answer(ApiFault.TooMany(refused, null), correlation)
                : wrong is not null ? ErrorJson.Answer(ApiFault.BadJson(wrong), correlation)
                : _api.Answer(new ApiRequest(route, QueryOf(http), TokenOf(http), json, traps, correlation));
            answer.Afterwards?.Invoke();
            if (traps.Find(TrapKind.ServerErrorAfter) is { } error)
            {
                answer = ErrorJson.Answer(SandboxApi.ServerError(error.Number(502)), correlation);
            }

            bool isCut = traps.Has(TrapKind.CutBefore) || traps.Has(TrapKind.CutAfter);
            Log.Add(http.Request.Method, http.Request.Path + http.Request.QueryString, route.Kind, body, isCut ? null : answer.Status, answer.Body, traps.All);
            return new Served(answer, traps, isCut, route.Kind == CallKind.Search ? null : numbers, correlation);
        }
    }

    private static async Task SendAsync(HttpContext http, Served served)
    {
        if (served.IsCut)
        {
            http.Abort();
            return;
        }

        IHeaderDictionary headers = http.Response.Headers;
        headers["X-HubSpot-Correlation-Id"] = served.CorrelationId;
        // HubSpot's answers to searches do not tell the limits.
        if (served.Numbers is { } numbers)
        {
            headers["X-HubSpot-RateLimit-Max"] = Text(numbers.Max);
            headers["X-HubSpot-RateLimit-Remaining"] = Text(numbers.Remaining);
            headers["X-HubSpot-RateLimit-Interval-Milliseconds"] = Text(RateWindow.IntervalMilliseconds);
            headers["X-HubSpot-RateLimit-Daily"] = Text(numbers.Daily);
            headers["X-HubSpot-RateLimit-Daily-Remaining"] = Text(numbers.DailyRemaining);
        }

        if (!served.Traps.Has(TrapKind.CutWithin))
        {
            await WriteAsync(http, served.Answer);
            return;
        }

        (http.Response.StatusCode, http.Response.ContentType, http.Response.ContentLength) = (served.Answer.Status, JsonType, served.Answer.Body.Length);
        await http.Response.Body.WriteAsync(served.Answer.Body.AsMemory(0, served.Answer.Body.Length / 2), http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        http.Abort();
    }

    private const string JsonType = "application/json;charset=utf-8";

    private static async Task WriteAsync(HttpContext http, ApiAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } after)
        {
            http.Response.Headers.RetryAfter = after;
        }

        if (answer.Body.Length > 0)
        {
            (http.Response.ContentType, http.Response.ContentLength) = (JsonType, answer.Body.Length);
            await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        return body.ToArray();
    }

    private static JsonElement? Parse(byte[] body, out string? wrong)
    {
        wrong = null;
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException exception)
        {
            wrong = exception.Message;
            return null;
        }
    }

    private static string? TokenOf(HttpContext http)
        => http.Request.Headers.Authorization.ToString() is ['B' or 'b', 'e' or 'E', 'a' or 'A', 'r' or 'R', 'e' or 'E', 'r' or 'R', ' ', .. var token] ? token.Trim() : null;

    private static Dictionary<string, string> QueryOf(HttpContext http)
        => http.Request.Query.ToDictionary(pair => pair.Key, pair => string.Join(',', pair.Value.ToArray()), StringComparer.Ordinal);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <param name="IsCut">Whether nobody answers.</param>
    /// <param name="Numbers">What the headers tell; <see langword="null"/> for none.</param>
    private sealed record Served(ApiAnswer Answer, ActiveTraps Traps, bool IsCut, RateNumbers? Numbers, string CorrelationId);
}
