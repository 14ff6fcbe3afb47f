using Npgsql;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Values;
using Recon.Postgres.Connections;
using Recon.Postgres.Faults;
using Recon.Postgres.Lookups;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Checks;

/// <summary>
/// Looks at everything that a run needs (files, server, mirror tables, staging schema) and reports all that would fail
/// it or slow it down, at once. Writes nothing.
/// </summary>
internal sealed class PipelineChecker(CheckOptions options)
{
    /// <param name="reading">The definition; when it has problems, these are all that is reported.</param>
    /// <param name="pipelines">The pipelines to check, all of <paramref name="reading"/>.</param>
    /// <param name="sources">Connections; <see langword="null"/> to check the files only.</param>
    /// <returns>The findings: about the server first, then pipeline by pipeline in the order given.</returns>
    /// <exception cref="OperationCanceledException">The check was cancelled. It throws for nothing else.</exception>
    public async Task<IReadOnlyList<Finding>> CheckAsync(
        DefinitionReading reading,
        IEnumerable<ValidPipeline> pipelines,
        ReconDataSources? sources,
        CancellationToken cancellationToken)
    {
        if (reading.Definition is not { } definition)
        {
            return [.. reading.Problems.Select(FromProblem)];
        }

        ValidPipeline[] chosen = [.. pipelines];
        var log = new FindingLog(reading.Locations);
        ServerFacts? facts = null;
        bool stagingExists = false;
        await using NpgsqlConnection? connection = sources is null
            ? null
            : await ConnectAsync(definition, sources, log, cancellationToken);
        if (connection is not null)
        {
            await GuardAsync("server", new FindingPlace(definition.Source), sources, log, async () =>
            {
                facts = await ServerFacts.ReadAsync(connection, cancellationToken);
                new ServerCheck(definition, log).Check(facts, sources!.Server, connection.Host, chosen);
                stagingExists = await new StagingCheck(connection, definition, facts, log).CheckSchemaAsync(cancellationToken);
            }, cancellationToken);
        }

        var input = new InputCheck(reading, options);
        foreach (ValidPipeline pipeline in chosen)
        {
            FindingLog own = log.For(pipeline);
            CheckObject(pipeline, own);
            CheckGates(pipeline, own);
            var place = new FindingPlace(pipeline.Source, nameof(pipeline.Name));
            await GuardAsync("input", place, null, own, () => input.CheckAsync(pipeline, own, cancellationToken), cancellationToken);
            if (connection is null || facts is null)
            {
                continue;
            }

            var context = new ConversionContext(definition.Defaults, reading.BaseDirectory, definition.AllowPathsOutside);
            var mirror = new MirrorCheck(connection, facts, reading, options, context);
            await GuardAsync("mirror", place, sources, own, () => mirror.CheckAsync(pipeline, own, cancellationToken), cancellationToken);
            if (!own.HasErrors)
            {
                await GuardAsync(
                    "lookups", place, sources, own, () => new LookupSampleCheck(sources!, reading, options).CheckAsync(pipeline, own, cancellationToken), cancellationToken);
            }

            if (stagingExists)
            {
                await GuardAsync("staging", place, sources, own, async () =>
                {
                    await new StagingCheck(connection, definition, facts, log).CheckTableAsync(pipeline, own, cancellationToken);
                    await new AttemptCheck(connection, reading).CheckAsync(pipeline, own, cancellationToken);
                    string[] before = [.. chosen.TakeWhile(earlier => earlier != pipeline).Select(earlier => earlier.Name)];
                    await CheckClaimsAsync(connection, OtherClaims.Of(definition, pipeline).Where(other => !before.Contains(other.Pipeline)), pipeline, own, cancellationToken);
                }, cancellationToken);
            }
        }

        return log.Findings;
    }

    /// <summary>The finding of a connection that could not even be tried, such as settings that cannot be read.</summary>
    public static Finding ConnectionFailed(DefinitionReading reading, Exception exception, string server)
    {
        Fault fault = PostgresFaults.Classify(exception, server, FaultPhase.Connect);
        DefinitionLocation at = reading.Definition is { } definition
            ? reading.Locations.Find(definition.Source, nameof(definition.Postgres))
            : new DefinitionLocation("$", 1, 1);
        var finding = new Finding(FindingSeverity.Error, "", "connection", fault.Message, null, reading.Locations.File, at);
        return fault.ExitCode == 4 ? finding with { ExitCode = 4 } : finding;
    }

    /// <summary>The finding that a problem of the definition is.</summary>
    public static Finding FromProblem(DefinitionProblem problem) => new(
        FindingSeverity.Error,
        "",
        "definition",
        problem.Message,
        null,
        problem.File,
        new DefinitionLocation(problem.JsonPath, problem.Line, problem.Column));

    private static async Task CheckClaimsAsync(
        NpgsqlConnection connection, IEnumerable<OtherClaims> others, ValidPipeline pipeline, FindingLog log, CancellationToken cancellationToken)
    {
        foreach (OtherClaims other in others)
        {
            if (await other.IsPublishedAsync(connection, cancellationToken) == true && await other.TellAsync(connection, cancellationToken) is { } text)
            {
                log.Warn("claims", new FindingPlace(pipeline.Source, nameof(pipeline.Claims)), text, null);
            }
        }
    }

    private static void CheckObject(ValidPipeline pipeline, FindingLog log)
    {
        var place = new FindingPlace(pipeline.Source, nameof(PipelineDefinition.Object));
        if (pipeline.ObjectTypes.Count > 0)
        {
            log.Ok("object", place, $"The records are {string.Join(", ", pipeline.ObjectTypes)} in HubSpot.");
            return;
        }

        log.Error(
            "object",
            place,
            $"Nothing tells which HubSpot object the records are: neither {pipeline.Match.Table} nor '{pipeline.Name}' is named after one.",
            "Name it: \"object\": \"companies\", or { \"from\": COLUMN, \"map\": { VALUE: \"calls\", … } }.");
    }

    private static void CheckGates(ValidPipeline pipeline, FindingLog log) => log.Ok(
        "gates",
        new FindingPlace(pipeline.Source, nameof(PipelineDefinition.Name)),
        "A run publishes nothing beyond these limits: "
        + $"{string.Join(", ", Gate.All.Select(gate => $"{gate.Name} {gate.Defined(pipeline.Source)?.ToString() ?? $"{gate.Default} (default)"}"))}.");

    private static async Task<NpgsqlConnection?> ConnectAsync(
        ValidDefinition definition, ReconDataSources sources, FindingLog log, CancellationToken cancellationToken)
    {
        NpgsqlConnection? opened = null;
        await GuardAsync(
            "connection",
            new FindingPlace(definition.Source, nameof(definition.Postgres)),
            sources,
            log,
            async () => opened = await sources.Lookup.OpenConnectionAsync(cancellationToken),
            cancellationToken,
            FaultPhase.Connect);
        return opened;
    }

    // Whatever breaks becomes a finding, so that the other checks are still made.
    private static async Task GuardAsync(
        string subject,
        FindingPlace place,
        ReconDataSources? sources,
        FindingLog log,
        Func<Task> check,
        CancellationToken cancellationToken,
        FaultPhase phase = FaultPhase.Command)
    {
        try
        {
            await check();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // It becomes a finding; nothing is lost.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Fault fault = PostgresFaults.Classify(exception, sources?.Server ?? subject, phase);
            string message = exception switch
            {
                MirrorException or StagingException or InputException or ConversionSetupException => exception.Message,
                not PostgresException when fault.Kind == FaultKind.Bug =>
                    $"The check itself failed ({exception.GetType().Name}), so this part was not checked.",
                _ => fault.Message,
            };
            if (fault.ExitCode == 4)
            {
                log.Unreachable(subject, place, message);
            }
            else
            {
                log.Error(subject, place, message, null);
            }
        }
    }
}
