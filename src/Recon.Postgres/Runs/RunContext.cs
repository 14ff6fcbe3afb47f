using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Polly;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Topology;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Runs.Shared;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>What everything that runs, tries, tunes or explains one pipeline works with.</summary>
internal sealed record RunContext(ReconDataSources Sources, RunRequest Request, ValidPipeline Pipeline)
{
    public StagingTables Tables => new(Request.Definition.Staging.Schema);

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public ReconMetrics? Metrics { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public IRunProgress? Progress { get; init; }

    /// <summary>Holds the reader; <see langword="null"/> where nobody can.</summary>
    public ReadingPause? Pause { get; init; }

    public RunTuning Tuning { get; init; } = new();

    /// <summary>Hides values of records in messages; <see langword="null"/> shows them.</summary>
    public Func<string, string>? Mask { get; init; }

    /// <summary>Pipelines that the same job runs after this one: their results are about to be replaced.</summary>
    public IReadOnlyList<string> RunLater { get; init; } = [];

    /// <summary>How its work is shared with workers; <see langword="null"/> for a run that does everything itself.</summary>
    public SharingTerms? Sharing { get; init; }

    /// <summary>The version that the log names.</summary>
    public string ToolVersion { get; init; } = Reconciliation.Version;

    /// <summary>
    /// The request of a run that holds its lease. Whoever goes on where a coordinator that is gone left off continues what that one
    /// made, if it is there, also where that one was asked to start over.
    /// </summary>
    /// <param name="unfinished">The attempt that can be continued.</param>
    public RunRequest RequestFor(UnfinishedRun? unfinished, RunIdentity run)
        => Sharing is { IsTakeOver: true } && unfinished?.RunId == run.RunId ? Request with { Resume = true, Fresh = false } : Request;

    /// <summary>The limit of a gate that the run was given; <see langword="null"/> for what the definition says.</summary>
    public Limit? Given(Gate gate)
        => (gate.Name == "maxRejects" ? Request.MaxRejects : Request.Gates.GetValueOrDefault(gate.Name)) is { } limit ? Limit.Parse(limit) : null;

    /// <summary>Whether the input can be read only once, as it comes.</summary>
    public bool ReadsStandardInput => Request.Source is not null || (Request.Input ?? Pipeline.Csv.Path) == "-";

    /// <summary>
    /// Whether workers do its batches. What cannot be divided, standard input and a single compressed file, is one split, which this
    /// process does itself.
    /// </summary>
    public bool IsSharedOver(RunInput input) => Sharing is not null && !ReadsStandardInput && input.Reader.Files is not [{ Kind: InputKind.Gzip }];

    /// <summary>Retries of what comes before the first batch, and of the entry of a run that did not get to its end.</summary>
    public ResiliencePipeline StartRetry() => RetryPolicies.Reads(Reconnecting(Tuning.Start), Sources.Server, Clock);

    public ResiliencePipeline EndingRetry() => RetryPolicies.Batches(Reconnecting(Tuning.Ending), Sources.Server, Clock);

    /// <summary>Retries of each lookup query; counted and logged.</summary>
    public ResiliencePipeline LookupRetry() => RetryPolicies.Reads(
        Telling(Tuning.Lookups, notice =>
        {
            Metrics?.Retried("lookup");
            Logger.LookupRetried(notice.Attempt + 1, notice.Delay.TotalSeconds, notice.Fault.Message);
        }),
        Sources.Server,
        Clock);

    /// <summary>Does something on a control connection, on a new one at each try.</summary>
    public async Task<T> OnControlAsync<T>(
        ResiliencePipeline retry, Func<NpgsqlConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
        => await retry.ExecuteAsync(
            async token =>
            {
                await using NpgsqlConnection connection = await Sources.Control.OpenConnectionAsync(token);
                return await work(connection, token);
            },
            cancellationToken);

    /// <summary>Retries of each batch as a whole; counted and logged.</summary>
    public ResiliencePipeline BatchRetry() => RetryPolicies.Batches(
        Telling(Tuning.Batches, notice =>
        {
            Metrics?.Retried("stage");
            Logger.BatchRetried(Pipeline.Name, notice.Delay.TotalSeconds, notice.Fault.Message);
        }),
        Sources.Server,
        Clock);

    // A server that takes no writes may have been the primary a moment ago: its connections are still open, and would be
    // used for ever.
    private RetrySettings Reconnecting(RetrySettings settings) => Telling(settings, static _ => { });

    private RetrySettings Telling(RetrySettings settings, Action<RetryNotice> tell) => settings with
    {
        OnRetry = notice =>
        {
            if (notice.Fault.Kind == FaultKind.ReadOnly)
            {
                Sources.Reconnect();
            }

            settings.OnRetry?.Invoke(notice);
            tell(notice);
        },
    };
}
