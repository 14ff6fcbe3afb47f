using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Recon.Cluster;

/// <summary>How a process takes part in the cluster of a job.</summary>
/// <param name="Job">The job, whose processes alone find each other.</param>
/// <param name="ConnectionString">How recon connects to the server, with the password.</param>
internal sealed record ClusterSettings(Guid Job, string ConnectionString)
{
    /// <summary>Where the others reach this process. Default: loopback, so only from this machine.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <value>0 to 65535; 0 for a free port. Default: 0.</value>
    public int Port { get; init; }

    /// <summary>With its private key: what the processes prove themselves with, and encrypt; <see langword="null"/> for neither.</summary>
    public X509Certificate2? Certificate { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
