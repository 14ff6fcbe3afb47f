using Microsoft.Extensions.Logging;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.HubSpot.Api;
using Recon.Postgres.Connections;

namespace Recon.Push.Running;

/// <summary>What a push has around it.</summary>
/// <param name="Holder">Who pushes, for others: user, host and process.</param>
internal sealed record PushRequest(
    ReconDataSources Sources, ValidDefinition Definition, string BaseDirectory, HubspotSettings Hubspot, string Holder, TimeProvider Clock, ILogger Logger)
{
    /// <summary>The instruments; <see langword="null"/> where nobody measures.</summary>
    public PushMetrics? Metrics { get; init; }
}
