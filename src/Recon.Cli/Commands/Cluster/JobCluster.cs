using System.Net;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cluster;
using Recon.Postgres.Cluster;
using Recon.Postgres.Faults;

namespace Recon.Cli.Commands.Cluster;

/// <summary>How this process takes part in the cluster of a job, from what its command line says.</summary>
internal static class JobCluster
{
    /// <param name="otherwise">Where it listens when the command line does not say.</param>
    /// <exception cref="UsageException">The address is none of this machine.</exception>
    public static async Task<ClusterSettings> SettingsAsync(
        Invocation invocation, ServerConnection server, ClusterAccess access, Guid job, ListenAddress otherwise, CancellationToken token)
    {
        ListenAddress listen = access.Listen ?? otherwise;
        try
        {
            return new ClusterSettings(job, server.ConnectionString)
            {
                Address = await listen.ResolveAsync(HostsOf(server.ConnectionString), token),
                Port = listen.Port,
                Certificate = access.Certificate,
                Logger = invocation.Logger,
                Clock = invocation.Context.Clock,
            };
        }
        catch (ClusterException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    /// <exception cref="IOException">The others cannot be reached, or the address cannot be listened on.</exception>
    public static async Task<ClusterMember> JoinAsync(ClusterSettings settings, ICoordinatorHost host, CancellationToken token)
    {
        try
        {
            return await ClusterMember.JoinAsync(settings, host, token);
        }
        catch (ClusterException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }

    /// <summary>Removes the rows of a job's cluster once the last process has left it, as this one has.</summary>
    public static async Task ForgetAsync(ServerConnection server, Guid job)
    {
        try
        {
            await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(CancellationToken.None);
            await ClusterSchema.ForgetAsync(connection, job, CancellationToken.None);
        }
        catch (Exception exception) when (PostgresFaults.IsBroken(exception))
        {
            // The next job does it.
        }
    }

    private static DnsEndPoint[] HostsOf(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return
        [
            .. (builder.Host ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(host => host is not (['/', ..] or ['@', ..]))
                .Select(host => host.LastIndexOf(':') is > 0 and int colon && host.IndexOf(':', StringComparison.Ordinal) == colon
                    && int.TryParse(host[(colon + 1)..], out int port)
                    ? new DnsEndPoint(host[..colon], port)
                    : new DnsEndPoint(host, builder.Port)),
        ];
    }
}
