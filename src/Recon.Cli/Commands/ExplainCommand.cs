using System.CommandLine;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;
using Recon.Push.Outcomes;

namespace Recon.Cli.Commands;

/// <summary><c>recon explain</c>: one record's whole story.</summary>
internal static class ExplainCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon explain companies 1001", "Why this record is matched, changed or not."),
        new("recon explain contacts 5001 --mask", "The same without the values of the record."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        var id = new Argument<string>("id") { Description = "The legacy id." };
        var input = CommonOptions.Input();
        var all = new Option<bool>("--all") { Description = "Also show the properties that nothing happens to one by one; elsewhere than on a terminal they always are." };
        var mask = CommonOptions.Mask("Hide the values of records, also in JSON.");
        var command = new Command(
            "explain", "Show how one record was reconciled: source line, lookups, conversions, result per property, and what plans made of it.")
        {
            name, id, input, all, mask,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation, parse.GetRequiredValue(name), parse.GetRequiredValue(id), parse.GetValue(input), parse.GetValue(all), parse.GetValue(mask)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, string id, string? input, bool all, bool mask)
    {
        if (input == "-")
        {
            throw new UsageException("recon explain reads its input more than once, which standard input does not allow. Save it as a file.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        RunRequest request = RunRequest.Of(reading) with { Input = input };
        var context = new RunContext(server.Sources, request, pipeline)
        {
            Clock = invocation.Context.Clock,
            Logger = invocation.Logger,
        };
        RecordExplanation explanation = await new RecordExplainer(context).ExplainAsync(id, token);
        foreach (string warning in explanation.Warnings)
        {
            invocation.Note(warning);
        }

        IReadOnlyList<RecordChange> plans = await PlansAsync(invocation, server, reading, name, explanation.LegacyId, token);
        RecordExplanation shown = mask ? MaskedStory.Of(explanation) : explanation;
        IReadOnlyList<RecordChange> told = mask ? PushStoryText.Masked(plans) : plans;
        invocation.Text(invocation.Json
            ? ExplainDocument.Write(shown, told)
            : StoryText.Draw(shown, invocation.Context.OutputWidth, all || invocation.Context.OutputWidth is null) + PushStoryText.Draw(told, invocation.Context.OutputWidth));
        return explanation.Records.Count > 0 ? ExitCodes.Done : ExitCodes.Refused;
    }

    private static async Task<IReadOnlyList<RecordChange>> PlansAsync(
        Invocation invocation, ServerConnection server, DefinitionReading reading, string pipeline, string legacyId, CancellationToken token)
    {
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        IReadOnlyList<RecordChange>? plans = await RecordPushes.ReadAsync(
            connection, new StagingTables(reading.Definition!.Staging.Schema), pipeline, legacyId, token);
        if (plans is null)
        {
            invocation.Note("What plans wanted of the record is not shown: this role may not read the plans.");
        }

        return plans ?? [];
    }
}
