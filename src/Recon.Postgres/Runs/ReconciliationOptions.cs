using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Values.Custom;

namespace Recon.Postgres.Runs;

/// <summary>What a program that uses recon as a library may set.</summary>
public sealed record ReconciliationOptions
{
    /// <summary>The program's own conversions: <c>{ "kind": "custom", "name": "…" }</c> in the definition calls them.</summary>
    public IReadOnlyDictionary<string, CustomConverter> Conversions { get; init; } = new Dictionary<string, CustomConverter>();

    /// <summary>The program's own sources of records, by pipeline, instead of the files of its csv block. Default: none.</summary>
    /// <remarks>Such a run reads its input once and cannot be resumed.</remarks>
    public IReadOnlyDictionary<string, IRecordSource> Sources { get; init; } = new Dictionary<string, IRecordSource>();

    /// <summary>The program's own lookups, by pipeline and name of the lookup block that each replaces (a block without a name has that of its kind). Default: none.</summary>
    public IReadOnlyDictionary<(string Pipeline, string Lookup), IRecordLookup> Lookups { get; init; }
        = new Dictionary<(string Pipeline, string Lookup), IRecordLookup>();

    /// <summary>Receivers of reconciled records, by pipeline, instead of the staging tables. Default: none.</summary>
    public IReadOnlyDictionary<string, IRecordSink> Sinks { get; init; } = new Dictionary<string, IRecordSink>();

    /// <summary>
    /// Where inputs whose path is an address lead (<c>s3://BUCKET/KEY</c>, <c>https://…</c>): the object storage of the package
    /// Recon.ObjectStorage. Whoever made it disposes it. Default: none; such inputs are refused.
    /// </summary>
    public IObjectStore? Objects { get; init; }

    /// <summary>Receives the pipeline's name and its progress, about every <see cref="ProgressPeriod"/> and at the end. May be called on any thread.</summary>
    public Action<string, RunState>? OnProgress { get; init; }

    /// <summary>How often <see cref="OnProgress"/> is called. Default: 1 second.</summary>
    public TimeSpan ProgressPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Receives warnings, retries and decisions, without values of records or secrets. A run without any logs nothing. Default: none.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The instruments (of the meter <c>Recon</c>) that runs report to. Default: none.</summary>
    public ReconMetrics? Metrics { get; init; }

    /// <summary>Whether to accept servers on other machines without verifying their certificates. Default: <see langword="false"/>.</summary>
    public bool InsecureTls { get; init; }

    /// <summary>
    /// Starts a private server with its data in the folder given, for definitions whose <c>postgres</c> is <c>embedded</c>.
    /// <c>WithEmbeddedPostgres()</c> of the package Recon.Postgres.Embedded sets it. Default: none; such definitions are rejected.
    /// </summary>
    public Func<string, CancellationToken, Task<IPrivateServer>>? StartEmbedded { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal IReadOnlyDictionary<string, IRecordLookup> LookupsOf(string pipeline)
        => Lookups.Where(lookup => lookup.Key.Pipeline == pipeline).ToDictionary(lookup => lookup.Key.Lookup, lookup => lookup.Value);

    internal bool NeedsNoServer(ValidPipeline pipeline)
        => Sinks.ContainsKey(pipeline.Name) && pipeline.Lookups.All(lookup => Lookups.ContainsKey((pipeline.Name, lookup.Label)));

    internal ILogger Logger => LoggerFactory?.CreateLogger(RunMessages.Category) ?? NullLogger.Instance;
}

/// <summary>A PostgreSQL server that belongs to one program; dispose it to release it.</summary>
public interface IPrivateServer : IAsyncDisposable
{
    /// <summary>The connection string, as Npgsql keywords; contains a password.</summary>
    string ConnectionString { get; }
}
