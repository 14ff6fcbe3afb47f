using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;

namespace Recon.Review.Web;

/// <summary>Serves pages on loopback, to those who have its token.</summary>
internal sealed class ReviewServer : IAsyncDisposable
{
    private const int MostTries = 5;
    private const long MostPosted = 1 << 20;

    private readonly WebApplication _app;
    private readonly Guard _guard;
    private readonly ReviewSettings _settings;

    private ReviewServer(WebApplication app, Guard guard, ReviewSettings settings) => (_app, _guard, _settings) = (app, guard, settings);

    /// <summary>The address that lets in: it holds the token.</summary>
    public string Address => _guard.Address;

    /// <summary>The same for one visit, within two minutes.</summary>
    public string AddressOnce() => _guard.AddressOnce(_settings.Clock);

    /// <param name="port">0 for a free one.</param>
    /// <exception cref="IOException">The port is taken, or may not be listened on.</exception>
    public static async Task<ReviewServer> StartAsync(ReviewSettings settings, IReadOnlyList<ReviewPage> pages, int port, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            int chosen = port == 0 ? FreePort() : port;
            var guard = new Guard(chosen);
            WebApplication app = Build(settings, pages, guard, chosen);
            try
            {
                await app.StartAsync(cancellationToken);
                return new ReviewServer(app, guard, settings);
            }
            catch (Exception exception)
            {
                await app.DisposeAsync();

                // Between finding a free port and listening on it, another program may have taken it.
                if (port != 0 || tries == MostTries || exception is not IOException)
                {
                    throw;
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _settings.Close();
    }

    private static WebApplication Build(ReviewSettings settings, IReadOnlyList<ReviewPage> pages, Guard guard, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MostPosted;
            options.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        WebApplication app = builder.Build();
        app.Use(next => http => AnswerAsync(http, next, settings, guard));
        app.UseRouting();
        app.Use(next => http => http.GetEndpoint() is null ? Sentence.WriteAsync(http, StatusCodes.Status404NotFound, "There is no such page.") : next(http));
        var assets = new PageAssets();
        assets.Map(app);
        app.MapGet("/alive", http => http.Response.WriteAsync("recon\n", http.RequestAborted));
        var routes = new ReviewRoutes(app, settings, new PageLayout(settings, pages, assets, guard.FormToken));
        routes.MapKept();
        foreach (ReviewPage page in pages)
        {
            page.Map(routes);
        }

        return app;
    }

    private static async Task AnswerAsync(HttpContext http, RequestDelegate next, ReviewSettings settings, Guard guard)
    {
        Guard.SetHeaders(http.Response.Headers);
        try
        {
            if (await guard.LetInAsync(http, settings.Clock))
            {
                await next(http);
            }
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException exception)
        {
            await Sentence.WriteAsync(http, exception.StatusCode, "The request cannot be read.");
        }
#pragma warning disable CA1031 // One page fails, the others go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            // Nobody waits for the answer any more.
            if (http.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            Fault fault = PostgresFaults.Classify(exception, settings.Server, FaultPhase.Command);
            if (exception is StagingException or MirrorException)
            {
                // What is there is not as it was, such as after 'recon clear': it says so itself.
                await Sentence.WriteAsync(http, StatusCodes.Status409Conflict, exception.Message);
                return;
            }

            if (PostgresFaults.IsEnded(exception) && !http.Response.HasStarted)
            {
                await Sentence.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, $"{settings.GivenUp} Try again later, or ask for less.");
                return;
            }

            bool isServer = PostgresFaults.IsBroken(exception);
            settings.Logger.PageFailed(http.Request.Path, isServer ? fault.Message : exception.GetType().Name);
            if (!http.Response.HasStarted)
            {
                await Sentence.WriteAsync(
                    http,
                    isServer ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError,
                    isServer ? $"This cannot be shown now. {fault.Message}" : $"This page failed unexpectedly ({exception.GetType().Name}). Please report it.");
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    // The command starts and ends it, and hears the signals.
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
