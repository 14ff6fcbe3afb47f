using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;

namespace Recon.ObjectStorage.Tests.Support;

/// <summary>What a request asked for.</summary>
/// <param name="Number">Its number, from 1.</param>
internal sealed record Asked(int Number, string Path, string Query, long From, long To, IHeaderDictionary Headers)
{
    /// <summary>Whether it is a look at the object, and not at its content.</summary>
    public bool IsLook => To == 3;
}

/// <summary>A web server on loopback with one object, which answers range requests as it should, unless a test has it answer otherwise.</summary>
internal sealed class ObjectServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _number;

    private ObjectServer(WebApplication app) => _app = app;

    public byte[] Content { get; set; } = [];

    /// <summary>The ETag; <see langword="null"/> gives none.</summary>
    public string? EntityTag { get; set; } = "\"one\"";

    /// <summary>Whether a request that wants another ETag is answered by 412, as it should be.</summary>
    public bool KnowsIfMatch { get; set; } = true;

    /// <summary>Bytes that are sent at a time.</summary>
    public int Piece { get; set; } = 1024 * 1024;

    /// <summary>Sees each request first; <see langword="true"/> where it has answered.</summary>
    public Func<HttpContext, Asked, Task<bool>> Trouble { get; set; } = static (_, _) => Task.FromResult(false);

    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>The server, as <c>http://127.0.0.1:PORT</c>.</summary>
    public string Base => _app.Urls.Single();

    public string Address => $"{Base}/exports/things.csv";

    public static async Task<ObjectServer> StartAsync(byte[] content)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        WebApplication app = builder.Build();
        var server = new ObjectServer(app) { Content = content };
        app.Run(server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>Writes the head of an answer with a range, and a part of its bytes, and breaks the connection off.</summary>
    public async Task CutAsync(HttpContext http, Asked asked, int after)
    {
        long to = Math.Min(asked.To, Content.Length - 1);
        Head(http, asked.From, to);
        await http.Response.Body.WriteAsync(Content.AsMemory((int)asked.From, (int)Math.Min(after, to - asked.From + 1)));

        // With fewer bytes than it has announced, the server closes the connection. To abort it would take back what is on its way.
        await http.Response.Body.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        RangeHeaderValue? range = RangeHeaderValue.TryParse(http.Request.Headers.Range.ToString(), out RangeHeaderValue? parsed) ? parsed : null;
        RangeItemHeaderValue? item = range?.Ranges.FirstOrDefault();
        var asked = new Asked(
            Interlocked.Increment(ref _number), http.Request.Path, http.Request.QueryString.ToString(), item?.From ?? 0, item?.To ?? long.MaxValue,
            new HeaderDictionary(http.Request.Headers.ToDictionary(header => header.Key, header => header.Value)));
        Requests.Enqueue(asked);
        if (await Trouble(http, asked))
        {
            return;
        }

        byte[] content = Content;
        if (KnowsIfMatch && http.Request.Headers.IfMatch.ToString() is { Length: > 0 } wanted && wanted != EntityTag)
        {
            http.Response.StatusCode = StatusCodes.Status412PreconditionFailed;
        }
        else if (item is null)
        {
            http.Response.Headers.ETag = EntityTag;
            http.Response.ContentLength = content.Length;
            await http.Response.Body.WriteAsync(content);
        }
        else if (asked.From >= content.Length)
        {
            http.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
        }
        else
        {
            long to = Math.Min(asked.To, content.Length - 1);
            Head(http, asked.From, to);
            for (int at = (int)asked.From; at <= to; at += Piece)
            {
                await http.Response.Body.WriteAsync(content.AsMemory(at, (int)Math.Min(Piece, to - at + 1)));
                await http.Response.Body.FlushAsync();
            }
        }
    }

    private void Head(HttpContext http, long from, long to)
    {
        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.Headers.ETag = EntityTag;
        http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{to}/{Content.Length}");
        http.Response.ContentLength = to - from + 1;
    }
}
