using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Cli.Rendering.Live;
using Recon.Cli.Telemetry;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Api;
using Recon.Postgres.Catalog;
using Recon.Postgres.Connections;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push;
using Recon.Push.Running;

namespace Recon.Cli.Commands;

/// <summary>One push, or one undo, from the question to the report.</summary>
internal sealed class PushJob(Invocation invocation, PushArguments arguments)
{
    private const long SampleSize = 200;

    private readonly RunSignals _signals = invocation.Context.Signals;

    private bool IsUndo => arguments.Undo is not null;

    public async Task<int> RunAsync()
    {
        _signals.Words = SignalWords.OfPush;
        DefinitionReading reading = invocation.ReadDefinition();
        PushDefinition rules = reading.Definition!.Hubspot?.Push ?? new PushDefinition();
        var hubspot = HubspotSettings.Resolve(reading.Definition.Hubspot, invocation.Context.Environment);
        await using var telemetry = TelemetryExport.Start(invocation, null);
        await using ServerConnection server = await ServerConnection.OpenAsync(
            invocation, reading, _signals.StopReading, DataSourceOptions.For(reading.Definition) with { WriterConnections = rules.Parallelism + 2 });
        PushPlan plan = await FindAsync(server, reading.Definition);
        var request = new PushRequest(
            server.Sources, reading.Definition, reading.BaseDirectory, hubspot, $"recon push by {ThisProcess.Name()}", invocation.Context.Clock, telemetry?.Logger ?? invocation.Logger)
        {
            Metrics = telemetry?.Metrics.Push,
        };
        await using PushSession session = await PushSession.OpenAsync(request, plan, _signals.StopReading);
        string? question = IsUndo
            ? await session.CheckUndoAsync(_signals.StopReading)
            : await session.CheckPushAsync(_signals.StopReading);
        foreach (string warning in session.Warnings)
        {
            invocation.Note(warning);
        }

        if (question is not null && !arguments.Yes && !Ask(question))
        {
            return ExitCodes.Refused;
        }

        invocation.HasActed = true;
        PushReport report = await SendAsync(session, rules);
        Print(report);
        return report.Stop is null ? ExitCodes.Done : report.Stop.IsSignal ? _signals.ExitCode ?? ExitCodes.Failed : ExitCodes.Failed;
    }

    private async Task<PushPlan> FindAsync(ServerConnection server, ValidDefinition definition)
    {
        CancellationToken token = _signals.StopReading;
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var tables = new StagingTables(definition.Staging.Schema);
        if (!await MirrorCatalog.ExistsAsync(connection, tables.PushPlan, token))
        {
            throw new PushRefusedException("There is no plan. 'recon plan' makes one from the published results.");
        }

        var reader = new PlanReader(tables);
        return (arguments.Plan ?? arguments.Undo) is { } id
            ? await reader.FindAsync(connection, id == "latest" ? null : id, token)
            : (await reader.ListAsync(connection, int.MaxValue, token)).FirstOrDefault(plan => plan.State is PlanState.Pushing or PlanState.Stopped)
                ?? throw new PushRefusedException("No plan was stopped. 'recon plan --list' shows the plans.");
    }

    private async Task<PushReport> SendAsync(PushSession session, PushDefinition rules)
    {
        PushRunner runner = session.Runner(new PushSettings
        {
            Canary = arguments.Canary ?? rules.Canary,
            Parallelism = rules.Parallelism,
            Verify = arguments.Verify switch { "none" => 0, "all" => null, _ => SampleSize },
        });
        using PushWatch? watch = PushWatch.Start(invocation, session.Tally, IsUndo);
        return IsUndo
            ? await runner.UndoAsync(_signals.StopReading, _signals.Abort)
            : await runner.PushAsync(_signals.StopReading, _signals.Abort);
    }

    private bool Ask(string question)
    {
        if (!invocation.Context.CanAsk)
        {
            throw new UsageException($"{question}? Standard input is not a terminal: add --yes.");
        }

        invocation.Context.Error.Write($"{question}? [y/N] ");
        string answer = invocation.Context.Input.ReadLine()?.Trim() ?? "";
        bool isYes = answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase);
        if (!isYes)
        {
            invocation.Context.ErrorLine("Nothing was sent.");
        }

        return isYes;
    }

    private void Print(PushReport report)
    {
        if (invocation.Json)
        {
            invocation.Text(PushDocument.Write(report));
        }
        else
        {
            invocation.Prose(IsUndo ? PushText.OfUndo(report) : PushText.OfPush(report));
        }
    }
}
