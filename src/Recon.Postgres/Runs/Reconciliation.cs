using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Telemetry;
using Recon.Postgres.Connections;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Runs;

/// <summary>
/// recon as a library: opens a definition and a connection, and runs pipelines.
/// <code>
/// await using var recon = await Reconciliation.OpenAsync("pipeline.json");
/// PipelineResult companies = await recon.RunAsync("companies");
/// </code>
/// </summary>
public sealed class Reconciliation : IAsyncDisposable
{
    // Stands for the server of a program that gives every lookup and takes every record: nothing ever connects.
    private const string NoServer = "Host=no-server-needed.invalid";

    private readonly DefinitionReading _reading;
    private readonly ReconciliationOptions _options;
    private readonly IPrivateServer? _embedded;

    private Reconciliation(
        DefinitionReading reading,
        ValidDefinition definition,
        ReconciliationOptions options,
        ReconDataSources sources,
        IPrivateServer? embedded)
    {
        (_reading, Definition, _options, Sources, _embedded) = (reading, definition, options, sources, embedded);
    }

    /// <summary>The version of the library, without the commit.</summary>
    public static string Version { get; } = typeof(Reconciliation).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    internal ValidDefinition Definition { get; }

    /// <summary>The connections, for queries of the program's own.</summary>
    internal ReconDataSources Sources { get; }

    /// <summary>Reads a definition and prepares the connections. Starts the embedded server if the definition uses it.</summary>
    /// <param name="definition">The definition file.</param>
    /// <param name="connection">The server, in any form that <c>--postgres</c> takes. Default: <c>RECON_POSTGRES</c>,
    /// <c>PGHOST</c> and the other <c>PG*</c> variables, or what the definition says.</param>
    /// <param name="options">Conversions, sources, lookups, sinks, progress, logging.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The definition with its connections; dispose it.</returns>
    /// <exception cref="DefinitionException">The definition has problems; all of them are listed.</exception>
    /// <exception cref="ConnectionSettingsException">The connection as described cannot be used.</exception>
    public static async Task<Reconciliation> OpenAsync(
        string definition,
        string? connection = null,
        ReconciliationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new ReconciliationOptions();
        DefinitionReading reading = DefinitionReader.Read(definition, [.. options.Conversions.Keys]);
        if (reading.Definition is not { } read)
        {
            throw new DefinitionException(reading.Problems);
        }

        RequireKnown(read, options);
        foreach (string warning in reading.WarningLines)
        {
            options.Logger.DefinitionWarned(warning);
        }

        var settings = ConnectionSettings.Resolve(connection, read.Postgres, options.InsecureTls);
        var sizes = DataSourceOptions.For(read);
#pragma warning disable CA2000 // The object that is returned owns server and connections.
        if (!settings.IsEmbedded || read.Pipelines.All(options.NeedsNoServer))
        {
            return new Reconciliation(
                reading,
                read,
                options,
                settings.IsEmbedded ? ReconDataSources.ForConnectionString(NoServer, sizes) : new ReconDataSources(settings, sizes),
                null);
        }

        if (options.StartEmbedded is not { } start)
        {
            throw new ConnectionSettingsException(
                "The definition names no server (\"postgres\" is \"embedded\"), and this program starts none. Give a connection string, "
                + "or add the package Recon.Postgres.Embedded and call WithEmbeddedPostgres() on the options.");
        }

        IPrivateServer embedded = await start(Path.Combine(reading.BaseDirectory, ".recon", "postgres"), cancellationToken);
        return new Reconciliation(
            reading, read, options, ReconDataSources.ForConnectionString(embedded.ConnectionString, sizes), embedded);
#pragma warning restore CA2000
    }

    /// <summary>Creates the staging schema and the tables of all pipelines where they are missing. Runs create them, too.</summary>
    /// <param name="cancellationToken">Cancels the operation.</param>
    public async Task SetUpAsync(CancellationToken cancellationToken = default)
        => await new StagingUpkeep(Sources, new StagingTables(Definition.Staging.Schema), _options.Clock, _options.Logger)
            .SetUpAsync(Definition.Pipelines, cancellationToken);

    /// <summary>Runs one pipeline and publishes its result.</summary>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="settings">How the run differs from the definition. Default: not at all.</param>
    /// <param name="cancellationToken">Stops reading; what is in flight is committed, and the run can be resumed.</param>
    /// <returns>The result. A run that failed after it had started says so in <see cref="PipelineResult.Outcome"/> and
    /// <see cref="PipelineResult.Fault"/>.</returns>
    /// <exception cref="ArgumentException">There is no such pipeline.</exception>
    /// <exception cref="Dataflow.Extract.InputException">The input cannot be used.</exception>
    /// <exception cref="Lookups.MirrorException">The mirror is not as the definition says.</exception>
    /// <exception cref="StagingException">The staging schema is not usable, or there is an unfinished attempt (see <see cref="RunSettings"/>).</exception>
    /// <exception cref="PipelineHeldException">Another run holds the pipeline.</exception>
    public async Task<PipelineResult> RunAsync(
        string pipeline, RunSettings? settings = null, CancellationToken cancellationToken = default)
    {
        Guid runId = NewRun();
        using Activity? activity = ReconTrace.StartRun(runId);
        return (await Runner(Find(pipeline), settings).RunAsync(runId, cancellationToken, CancellationToken.None)).Told();
    }

    /// <summary>Runs all pipelines in the order of the definition, until one does not complete.</summary>
    /// <param name="settings">How the run differs from the definition. Default: not at all.</param>
    /// <param name="cancellationToken">Stops reading; what is in flight is committed, and the run can be resumed.</param>
    /// <returns>The results of the pipelines that were begun.</returns>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public async Task<IReadOnlyList<PipelineResult>> RunAllAsync(
        RunSettings? settings = null, CancellationToken cancellationToken = default)
    {
        Guid runId = NewRun();
        using Activity? activity = ReconTrace.StartRun(runId);
        List<PipelineResult> results = [];
        for (int index = 0; index < Definition.Pipelines.Count; index++)
        {
            ValidPipeline pipeline = Definition.Pipelines[index];
            results.Add((await Runner(pipeline, settings, [.. Definition.Pipelines.Skip(index + 1).Select(later => later.Name)]).RunAsync(runId, cancellationToken, CancellationToken.None)).Told());
            if (results[^1].Outcome != RunOutcome.Completed)
            {
                break;
            }
        }

        return results;
    }

    /// <summary>Reads and compares without writing anything.</summary>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="samples">Maximum number of records with changes to return. Default: 10.</param>
    /// <param name="settings">How the run differs from the definition. Default: not at all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What was found.</returns>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public async Task<DryRunResult> DryRunAsync(
        string pipeline,
        int samples = 10,
        RunSettings? settings = null,
        CancellationToken cancellationToken = default)
        => (await Runner(Find(pipeline), settings).DryRunAsync(samples, cancellationToken)).Told();

    /// <summary>Reads a pipeline's published result, as one state of the staging table.</summary>
    /// <param name="pipeline">The pipeline's name.</param>
    /// <param name="status">The status of the records: <c>matched</c> (the default) gives those with changes only; of two
    /// matched records with the same HubSpot id, neither, because which one should win is for people to decide, and none that another
    /// pipeline claims by an equal or stronger rule (log events tell how many are left out).</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The records, in ordinal order of their legacy ids, without notes and source lines.</returns>
    /// <exception cref="ArgumentException">There is no such pipeline or status.</exception>
    /// <exception cref="StagingException">The staging table does not exist yet.</exception>
    public async IAsyncEnumerable<ReconciledRecord> ReadChangesAsync(
        string pipeline, string status = "matched", [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (status is not ("matched" or "unmatched" or "ambiguous" or "conflict"))
        {
            throw new ArgumentException($"There is no status '{status}'; there are matched, unmatched, ambiguous and conflict.", nameof(status));
        }

        await using PublishedReader reader = await PublishedReader.OpenAsync(
            Sources.Control, Definition, Find(pipeline), status, cancellationToken);
        if (reader.Shared > 0)
        {
            _options.Logger.RecordsShared(pipeline, reader.Shared);
        }

        foreach ((string other, long records) in reader.ClaimedElsewhere)
        {
            _options.Logger.RecordsClaimedElsewhere(pipeline, records, other);
        }

        await foreach (ReconciledRecord record in reader.ReadAsync(cancellationToken))
        {
            yield return record;
        }
    }

    /// <summary>Closes the connections and releases the embedded server.</summary>
    public async ValueTask DisposeAsync()
    {
        await Sources.DisposeAsync();
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }
    }

    // A name that nothing goes by would leave the file, table or staging table in use without a word.
    private static void RequireKnown(ValidDefinition definition, ReconciliationOptions options)
    {
        string? unknown = options.Sources.Keys.Concat(options.Sinks.Keys).Concat(options.Lookups.Keys.Select(key => key.Pipeline))
            .FirstOrDefault(name => definition.Pipelines.All(pipeline => pipeline.Name != name));
        if (unknown is not null)
        {
            throw new ArgumentException(
                $"The options name a pipeline '{unknown}'; the definition has {string.Join(", ", definition.Pipelines.Select(pipeline => pipeline.Name))}.",
                nameof(options));
        }

        foreach ((string name, string lookup) in options.Lookups.Keys)
        {
            IReadOnlyList<ValidLookup> lookups = definition.Pipelines.First(pipeline => pipeline.Name == name).Lookups;
            if (lookups.All(known => known.Label != lookup))
            {
                throw new ArgumentException(
                    $"The options name a lookup '{lookup}' of '{name}', which has {string.Join(", ", lookups.Select(known => known.Label))}.",
                    nameof(options));
            }
        }
    }

    private ValidPipeline Find(string name)
        => Definition.Pipelines.FirstOrDefault(pipeline => pipeline.Name == name) ?? throw new ArgumentException(
            $"There is no pipeline '{name}'; the definition has {string.Join(", ", Definition.Pipelines.Select(pipeline => pipeline.Name))}.",
            nameof(name));

    private Guid NewRun() => Guid.CreateVersion7(_options.Clock.GetUtcNow());

    // What a setting asks for and a source or sink of the program's own cannot do would go unnoticed.
    private void RequirePossible(string pipeline, RunSettings settings)
    {
        if (_options.Sources.ContainsKey(pipeline) && (settings.Input is not null || settings.StandardInput is not null))
        {
            throw new ArgumentException($"The records of '{pipeline}' come from the program's own source; a file or stream cannot be given, too.", nameof(settings));
        }

        if (settings.Resume && (_options.Sources.ContainsKey(pipeline) || _options.Sinks.ContainsKey(pipeline)))
        {
            throw new ArgumentException($"A run of '{pipeline}' with the program's own source or sink cannot be resumed.", nameof(settings));
        }
    }

    private PipelineRunner Runner(ValidPipeline pipeline, RunSettings? settings, IReadOnlyList<string>? runLater = null)
    {
        settings ??= new RunSettings();
        RequirePossible(pipeline.Name, settings);
        RunRequest request = RunRequest.Of(_reading, settings) with
        {
            Conversions = _options.Conversions,
            Objects = _options.Objects,
            Source = _options.Sources.GetValueOrDefault(pipeline.Name),
            Lookups = _options.LookupsOf(pipeline.Name),
            Sink = _options.Sinks.GetValueOrDefault(pipeline.Name),
        };
        return new PipelineRunner(new RunContext(Sources, request, pipeline)
        {
            Clock = _options.Clock,
            Metrics = _options.Metrics,
            Logger = _options.Logger,
            Progress = new CallbackProgress(_options),
            RunLater = runLater ?? [],
        });
    }
}
