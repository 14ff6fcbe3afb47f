using System.Data.Common;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Runtime.MembershipService;
using Recon.Postgres.Cluster;
using Recon.Postgres.Runs.Shared;

namespace Recon.Cluster;

/// <summary>One silo of a job's cluster: it finds the coordinator, and can become it. Nothing but the silos' own port is opened.</summary>
internal sealed class ClusterNode : IAsyncDisposable
{
    /// <summary>A free port may be taken by somebody else before the silo takes it.</summary>
    private const int PortTries = 3;

    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_introduction = TimeSpan.FromSeconds(5);

    private readonly IHost _host;
    private readonly SiloFailure _failure;
    private readonly SiloLogs _logs;
    private readonly TimeProvider _clock;

    private ClusterNode(IHost host, SiloFailure failure, SiloLogs logs, ClusterSettings options)
    {
        (_host, _failure, _logs, _clock) = (host, failure, logs, options.Clock);
        Silo = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress.ToParsableString();
        Exchange = new ClusterExchange(host.Services.GetRequiredService<IGrainFactory>().GetGrain<IRunGrain>(ClusterSchema.Id(options.Job)));
    }

    /// <summary>Tells this silo apart from all others, also from an earlier one at the same address.</summary>
    public string Silo { get; }

    /// <summary>Leads to the coordinator, wherever it is.</summary>
    public IRunExchange Exchange { get; }

    /// <summary>Ends, with the reason, when the other silos have given this one up: it can only be left.</summary>
    public Task<string> Lost => _failure.Lost;

    /// <summary>Joins the cluster of a job.</summary>
    /// <exception cref="ClusterException">The address cannot be listened on, or the others cannot be reached.</exception>
    public static async Task<ClusterNode> StartAsync(ClusterSettings options, ICoordinatorHost coordinator, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            int port = options.Port == 0 ? FreePort(options.Address) : options.Port;
            var failure = new SiloFailure();
#pragma warning disable CA2000 // The logging of the host disposes it.
            var logs = new SiloLogs(options.Logger, options.Clock);
#pragma warning restore CA2000
            IHost host = Build(options, port, failure, logs, coordinator);
            try
            {
                await host.StartAsync(cancellationToken);
                await MeetAsync(host, options.Clock, cancellationToken);
                logs.Begin();
                return new ClusterNode(host, failure, logs, options);
            }
#pragma warning disable CA1031 // Orleans throws what its parts throw; it is told as one failure.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                await AbandonAsync(host, options.Clock);
                if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
                {
                    throw;
                }

                if (options.Port != 0 || tries == PortTries || !IsAddressInUse(exception))
                {
                    throw new ClusterException(Tell(options, port, exception), exception);
                }
            }
        }
    }

    /// <summary>Leaves without a word, as a process does that is killed: the others have to find out.</summary>
    public Task AbandonAsync()
    {
        _logs.Mute();
        return AbandonAsync(_host, _clock);
    }

    /// <summary>Says goodbye to the others.</summary>
    public async ValueTask DisposeAsync()
    {
        _logs.Mute();
        using var patience = new CancellationTokenSource(s_goodbye, _clock);
        await WithinAsync(_host.StopAsync(_failure.Lost.IsCompleted ? new CancellationToken(canceled: true) : patience.Token), _clock);
        await WithinAsync(((IAsyncDisposable)_host).DisposeAsync().AsTask(), _clock);
    }

    // A silo that has just joined may not know yet what the others can do, and would look for the coordinator in itself alone. Who dies
    // meanwhile is not waited for longer: a question that is led astray is asked again.
    private static async Task MeetAsync(IHost host, TimeProvider clock, CancellationToken cancellationToken)
    {
        ISiloStatusOracle statuses = host.Services.GetRequiredService<ISiloStatusOracle>();
        IClusterManifestProvider manifests = host.Services.GetRequiredService<IClusterManifestProvider>();
        using var patience = new CancellationTokenSource(s_introduction, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await foreach (ClusterManifest known in manifests.Updates.WithCancellation(both.Token))
            {
                if (statuses.GetApproximateSiloStatuses(onlyActive: true).Keys.All(known.Silos.ContainsKey))
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private static async Task AbandonAsync(IHost host, TimeProvider clock)
    {
        await WithinAsync(host.StopAsync(new CancellationToken(canceled: true)), clock);
        await WithinAsync(((IAsyncDisposable)host).DisposeAsync().AsTask(), clock);
    }

    // It leaves, whatever its parts still want to tell the table: the others find out if it could not say goodbye.
    private static async Task WithinAsync(Task leaving, TimeProvider clock)
    {
        try
        {
            await leaving.WaitAsync(s_goodbye, clock);
        }
#pragma warning disable CA1031 // What is left in the middle of its work may fail in any way.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static IHost Build(ClusterSettings options, int port, SiloFailure failure, SiloLogs logs, ICoordinatorHost coordinator)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });

        // Signals and standard streams are recon's.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddSingleton<IFatalErrorHandler>(failure);
        builder.Services.AddSingleton(coordinator);
        builder.Services.AddPlacementDirector<CoordinatorPlacement, CoordinatorPlacementDirector>();
        builder.Logging.ClearProviders();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddProvider(logs);
        builder.UseOrleans(silo =>
        {
            silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (ClusterSchema.Id(options.Job), "recon"));
            silo.ConfigureEndpoints(options.Address, port, gatewayPort: 0, listenOnAnyHostAddress: false);
            silo.UseAdoNetClustering(table => (table.Invariant, table.ConnectionString) = ("Npgsql", ClusterSchema.ConnectionString(options.ConnectionString)));
            silo.Configure<ClusterMembershipOptions>(SiloTiming.Set);
            silo.Configure<SiloMessagingOptions>(SiloTiming.Set);
            if (options.Certificate is { } certificate)
            {
                SiloTls.Use(silo, certificate);
            }
        });
        return builder.Build();
    }

    private static int FreePort(IPAddress address)
    {
        using var listener = new TcpListener(address, 0);
        try
        {
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new ClusterException($"{address} is no address of this machine that can be listened on ({exception.SocketErrorCode}).", exception);
        }

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static bool IsAddressInUse(Exception exception) => Causes(exception).Any(cause
        => cause is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } || cause.GetType().Name == "AddressInUseException");

    private static string Tell(ClusterSettings options, int port, Exception exception)
        => IsAddressInUse(exception)
            ? $"Port {port} at {options.Address} is taken. Name another one, or none for a free one."
            : $"The other processes of the job cannot be joined from {new IPEndPoint(options.Address, port)}: {Reason(exception)}";

    // Parts that end because another one failed fail in turn; Orleans throws all of it together.
    private static string Reason(Exception exception)
    {
        Exception[] all = [.. Causes(exception)];
        return all.FirstOrDefault(cause => cause is SocketException or DbException)?.Message
            ?? (all.OfType<OrleansClusterConnectivityCheckFailedException>().FirstOrDefault() is { } unanswered
                ? $"{SilentSilos.Of(unanswered.Message)} did not answer. A firewall may be between, or it listens where it cannot be reached from here."
                : exception.GetBaseException().Message);
    }

    private static IEnumerable<Exception> Causes(Exception exception)
        => [exception, .. exception is AggregateException several
            ? several.InnerExceptions.SelectMany(Causes)
            : exception.InnerException is { } inner ? Causes(inner) : []];
}
