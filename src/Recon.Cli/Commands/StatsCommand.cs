using System.CommandLine;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon stats</c>: counts per status and per property.</summary>
internal static class StatsCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon stats", "Rows by status and changes by property."),
        new("recon stats companies --warnings", "All warnings of the last run."),
        new("recon stats contacts --rejected-values", "Values that no conversion could read, with samples."),
        new("recon stats deals --withheld --mask", "Differences that a rule withheld, without their values."),
        new("recon stats --push --plan latest --out outcomes.csv", "What became of each change of a plan, with the legacy ids."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines();
        var values = new Option<bool>("--rejected-values") { Description = "Also list the values that failed a conversion, with samples." };
        var suppressed = new Option<bool>("--suppressed") { Description = "Also count the values that differ as text but mean the same, by comparison." };
        var parents = new Option<bool>("--parents") { Description = "Also list unresolved parents (no HubSpot record, or several), by how many rows each blocks." };
        var withheld = new Option<bool>("--withheld") { Description = "Also show the differences that a rule withheld, by property and rule, with samples." };
        var warnings = new Option<bool>("--warnings") { Description = "List all warnings of the last run, in place of the counts." };
        var mask = CommonOptions.Mask("Hide the values of records, also in JSON.");
        var push = new Option<bool>("--push") { Description = "Count what became of the latest plans instead, by state, category and property." };
        var plan = new Option<string>("--plan") { Description = "With --push: only this plan, by its id or a part of it, or \"latest\".", HelpName = "PLAN" };
        var file = new Option<string>("--out") { Description = "With --push: write what became of each change to this CSV file.", HelpName = "FILE" };
        var command = new Command("stats", "Count staged rows per status and per property, or what became of plans.")
        {
            names, values, suppressed, parents, withheld, warnings, mask, push, plan, file,
        };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(push) && (result.GetValue(plan) ?? result.GetValue(file)) is not null)
            {
                result.AddError("--plan and --out go with --push.");
            }
        });
        return binder.Bind(command, s_examples, (parse, invocation) => parse.GetValue(push)
            ? PushStats.RunAsync(invocation, parse.GetValue(names) ?? [], parse.GetValue(plan), parse.GetValue(file))
            : RunAsync(
                invocation,
                parse.GetValue(names) ?? [],
                new StatsView(parse.GetValue(values), parse.GetValue(suppressed), parse.GetValue(parents), parse.GetValue(withheld), parse.GetValue(warnings), parse.GetValue(mask))));
    }

    private static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> names, StatsView view)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var reader = new StagingReader(connection, new StagingTables(reading.Definition!.Staging.Schema));
        ValidPipeline[] there = await pipelines.ToAsyncEnumerable()
            .Where(async (pipeline, cancel) => await reader.HasTableAsync(pipeline, cancel)).ToArrayAsync(token);
        var stats = new List<PipelineStats>();
        // Without any table the first one is asked for all the same: it says what to do.
        foreach (ValidPipeline pipeline in there.Length == 0 ? pipelines.Take(1) : there)
        {
            stats.Add(await reader.StatsAsync(pipeline, view.Parents, token));
        }

        string[] missing = [.. pipelines.Except(there).Select(pipeline => pipeline.Name)];
        PipelineStats[] empty = [.. stats.Where(each => each.Statuses.Count == 0)];
        foreach (string name in missing.Concat(empty.Where(each => each.LastRun is null).Select(each => each.Pipeline)))
        {
            invocation.Note($"{name}: nothing is staged yet. 'recon run {name}' does it.");
        }

        foreach (PipelineStats each in empty.Where(each => each.LastRun is not null))
        {
            invocation.Note($"{each.Pipeline}: the last run staged no records, of {Show.Count(each.LastRun!.Read)} read.");
        }

        foreach (PipelineStats refused in stats.Where(each => each.RefusedBy.Count > 0))
        {
            invocation.Note($"{refused.Pipeline}: the last run was not published ({string.Join(", ", refused.RefusedBy)}); this is the result before it. See 'recon log' for details.");
        }

        invocation.Text(invocation.Json ? StatsText.Json(stats, missing, view) : StatsText.Draw(stats, view, invocation.Context.OutputWidth));
        return ExitCodes.Done;
    }
}
