using System.CommandLine;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Runs;

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
            "explain", "Show how one record was reconciled: source line, lookups, conversions, result per property.")
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

        RecordExplanation shown = mask ? MaskedStory.Of(explanation) : explanation;
        invocation.Text(invocation.Json ? ExplainDocument.Write(shown) : StoryText.Draw(shown, invocation.Context.OutputWidth, all || invocation.Context.OutputWidth is null));
        return explanation.Records.Count > 0 ? ExitCodes.Done : ExitCodes.Refused;
    }
}
