using System.CommandLine;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.HubSpot.Updates;
using Recon.Postgres.Catalog;
using Recon.Postgres.Push;
using Recon.Postgres.Staging;
using Recon.Push.Planning;

namespace Recon.Cli.Commands;

/// <summary><c>recon plan</c>: an immutable plan of what a push would change in HubSpot.</summary>
internal static class PlanCommand
{
    private const int MostListed = 50;

    private static readonly Example[] s_examples =
    [
        new("recon plan", "Plan all changes of all published results. Nothing is sent."),
        new("recon plan companies --property type,country --min-confidence 90", "Two properties of sure matches."),
        new("recon plan contacts --limit 10 --by Ada", "A first plan of ten records."),
        new("recon plan --list", "The plans that there are, and how far they were carried out."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines();
        var status = CommonOptions.Status("Only records with this status; only matched ones have changes. Default: matched.");
        var properties = CommonOptions.List("--property", "Only these properties, separated by commas, by the definition's names; \"association:LOOKUP\" for associations.", "NAMES");
        var confidence = new Option<decimal?>("--min-confidence") { Description = "Only records with at least this match confidence, 0 to 100.", HelpName = "PERCENT" };
        var limit = new Option<long?>("--limit") { Description = "Most records, in the order of pipelines, object types and legacy ids, with their associations.", HelpName = "N" };
        var by = DecideCommand.By("Who makes the plan. Default: the name of this login.");
        var list = new Option<bool>("--list") { Description = "List the latest plans instead of making one." };
        var command = new Command("plan", "Make an immutable plan of what is to be changed in HubSpot, from the published results. Sends nothing.")
        {
            names, status, properties, confidence, limit, by, list,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => parse.GetValue(list)
            ? ListAsync(invocation)
            : RunAsync(
                invocation,
                parse.GetValue(names) ?? [],
                new UpdateFilter
                {
                    Status = parse.GetValue(status) ?? "matched",
                    Properties = parse.GetValue(properties) ?? [],
                    MinConfidence = parse.GetValue(confidence),
                },
                parse.GetValue(limit),
                parse.GetValue(by) ?? Environment.UserName));
    }

    private static async Task<int> RunAsync(Invocation invocation, string[] names, UpdateFilter filter, long? limit, string by)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        Check(pipelines, filter, limit);
        CancellationToken token = invocation.Context.Signals.StopReading;
        HubspotDefinition? hubspot = reading.Definition!.Hubspot;
        long portal = await PlanPortal.FindAsync(hubspot, invocation.Context.Environment, invocation.Context.Clock, token);
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        if (names.Length == 0)
        {
            pipelines = await WithResultAsync(invocation, server, reading.Definition, pipelines, token);
        }

        var request = new PlanRequest(pipelines, filter, limit, by, portal, hubspot?.Push ?? new PushDefinition());
        PlanSummary plan = await new Planner(server.Sources.Control, reading.Definition).PlanAsync(request, token);
        invocation.HasActed = plan.Plan is not null;
        foreach (string note in plan.Notes)
        {
            invocation.Note(note);
        }

        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(PushPlanDocument.Of(plan), PlanDocuments.Default.PushPlanDocument));
        }
        else
        {
            invocation.Text(PlanText.Draw(plan, invocation.Context.OutputWidth));
        }

        return ExitCodes.Done;
    }

    // A pipeline that nobody named and that was never run has nothing to plan.
    private static async Task<IReadOnlyList<ValidPipeline>> WithResultAsync(
        Invocation invocation, ServerConnection server, ValidDefinition definition, IReadOnlyList<ValidPipeline> pipelines, CancellationToken token)
    {
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var tables = new StagingTables(definition.Staging.Schema);
        ValidPipeline[] there = await pipelines.ToAsyncEnumerable()
            .Where(async (pipeline, cancel) => await MirrorCatalog.ExistsAsync(connection, tables.Published(pipeline.Stage), cancel)).ToArrayAsync(token);
        foreach (ValidPipeline missing in there.Length == 0 ? [] : pipelines.Except(there))
        {
            invocation.Note($"{missing.Name}: nothing is staged yet. 'recon run {missing.Name}' does it.");
        }

        // Without any result the first pipeline says what to do.
        return there.Length == 0 ? [.. pipelines.Take(1)] : there;
    }

    private static async Task<int> ListAsync(Invocation invocation)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var tables = new StagingTables(reading.Definition!.Staging.Schema);
        IReadOnlyList<PushPlan> plans = await MirrorCatalog.ExistsAsync(connection, tables.PushPlan, token)
            ? await new PlanReader(tables).ListAsync(connection, MostListed, token)
            : [];
        invocation.Text(invocation.Json
            ? JsonText.Of(PlansDocument.Of(plans), PlanDocuments.Default.PlansDocument)
            : PlanText.DrawList(plans, invocation.Context.OutputWidth));
        return ExitCodes.Done;
    }

    private static void Check(IReadOnlyList<ValidPipeline> pipelines, UpdateFilter filter, long? limit)
    {
        if (filter.MinConfidence is < 0 or > 100)
        {
            throw new UsageException("--min-confidence takes a percentage from 0 to 100.");
        }

        if (limit < 1)
        {
            throw new UsageException("--limit takes a number of records, from 1.");
        }

        string[] known =
        [
            .. pipelines.SelectMany(pipeline => pipeline.Diff.Properties.Select(property => property.Property)
                .Concat(pipeline.Source.Associate.Select(PlannedLink.PropertyOf))).Distinct(StringComparer.Ordinal),
        ];
        if (filter.Properties.FirstOrDefault(property => !known.Contains(property, StringComparer.Ordinal)) is { } unknown)
        {
            throw new UsageException($"No pipeline that is planned has a property '{unknown}'{Suggestion.Hint(unknown, known, always: false)}.");
        }
    }
}
