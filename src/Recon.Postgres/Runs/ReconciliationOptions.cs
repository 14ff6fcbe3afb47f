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

    /// <summary>Records of the program's own, by pipeline, in the stead of the files of its csv block. Default: none.</summary>
    /// <remarks>Such a run reads its input once and cannot be resumed.</remarks>
    public IReadOnlyDictionary<string, IRecordSource> Sources { get; init; } = new Dictionary<string, IRecordSource>();

    /// <summary>Lookups of the program's own, by pipeline and name of the lookup block that each stands for. Default: none.</summary>
    public IReadOnlyDictionary<(string Pipeline, string Lookup), IRecordLookup> Lookups { get; init; }
        = new Dictionary<(string Pipeline, string Lookup), IRecordLookup>();

    /// <summary>Takers of reconciled records, by pipeline, in the stead of the staging tables. Default: none.</summary>
    public IReadOnlyDictionary<string, IRecordSink> Sinks { get; init; } = new Dictionary<string, IRecordSink>();

    /// <summary>Receives how far a pipeline is, about every <see cref="ProgressPeriod"/> and at its end. From any thread.</summary>
    public Action<string, RunState>? OnProgress { get; init; }

    /// <summary>How often. Default: 1 second.</summary>
    public TimeSpan ProgressPeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Takes warnings, retries and decisions; no value of a record and no secret in them. Default: none.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }

    /// <summary>The instruments that are fed. Default: none.</summary>
    public ReconMetrics? Metrics { get; init; }

    /// <summary>Whether certificates of servers on other machines may go unchecked. Default: <see langword="false"/>.</summary>
    public bool InsecureTls { get; init; }

    /// <summary>
    /// Starts a private server with its data in the folder given, for definitions whose <c>postgres</c> is <c>embedded</c>.
    /// The package Recon.Postgres.Embedded sets it. Default: none, and such definitions are refused.
    /// </summary>
    public Func<string, CancellationToken, Task<IPrivateServer>>? StartEmbedded { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    internal IReadOnlyDictionary<string, IRecordLookup> LookupsOf(string pipeline)
        => Lookups.Where(lookup => lookup.Key.Pipeline == pipeline).ToDictionary(lookup => lookup.Key.Lookup, lookup => lookup.Value);

    internal bool NeedsNoServer(ValidPipeline pipeline)
        => Sinks.ContainsKey(pipeline.Name) && pipeline.Lookups.All(lookup => Lookups.ContainsKey((pipeline.Name, lookup.Label)));

    internal ILogger Logger => LoggerFactory?.CreateLogger(RunMessages.Category) ?? NullLogger.Instance;
}

/// <summary>A PostgreSQL server that belongs to one program; disposing it lets it go.</summary>
public interface IPrivateServer : IAsyncDisposable
{
    /// <summary>How to connect, as Npgsql keywords; holds a password.</summary>
    string ConnectionString { get; }
}
