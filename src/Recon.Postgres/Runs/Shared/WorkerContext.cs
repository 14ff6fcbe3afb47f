using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Connections;

namespace Recon.Postgres.Runs.Shared;

/// <summary>What a worker works with.</summary>
/// <param name="Sources">The connections of this process.</param>
/// <param name="RequestFor">The request of a pipeline, over the definition that this process read.</param>
internal sealed record WorkerContext(ReconDataSources Sources, Func<string, RunRequest> RequestFor)
{
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ReconMetrics? Metrics { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public RunTuning Tuning { get; init; } = new();

    /// <summary>How often it reports, which is its sign of life.</summary>
    /// <value>Default: 1 second.</value>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it tries to reach a coordinator before it gives up.</summary>
    /// <value>Default: 2 minutes, in which another process takes over or none is left.</value>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    public string ToolVersion { get; init; } = Reconciliation.Version;
}
