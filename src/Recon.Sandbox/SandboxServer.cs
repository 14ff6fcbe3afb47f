using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recon.Sandbox.Api;
using Recon.Sandbox.Control;
using Recon.Sandbox.Portal;
using Recon.Sandbox.Traps;

namespace Recon.Sandbox;

/// <summary>A HubSpot on loopback.</summary>
internal sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SandboxServer(WebApplication app, SandboxOptions options, SandboxService service)
        => (_app, Options, Service, Base) = (app, options, service, new Uri(app.Urls.First()));

    public SandboxOptions Options { get; }

    /// <summary>The address in front of HubSpot's paths.</summary>
    public Uri Base { get; }

    public SandboxPortal Portal => Options.Portal;

    public SandboxTraps Traps => Service.Traps;

    /// <summary>Every call since the start, the last ones with requests and answers.</summary>
    public CallLog Log => Service.Log;

    private SandboxService Service { get; }

    /// <exception cref="IOException">The port is taken, or may not be listened on.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        var service = new SandboxService(options);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
        });
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        WebApplication app = builder.Build();
        app.Run(service.ServeAsync);
        try
        {
            await app.StartAsync(cancellationToken);
            return new SandboxServer(app, options, service);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    // The command starts and ends it, and hears the signals.
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
