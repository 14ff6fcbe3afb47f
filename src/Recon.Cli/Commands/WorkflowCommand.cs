using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.HubSpot.Workflow;

namespace Recon.Cli.Commands;

/// <summary><c>recon workflow</c>: a stored query through the workflow webhook.</summary>
internal static class WorkflowCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon workflow companies --icalps-company-id 123 --curl", "Print the call instead of sending it."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = new Argument<string>("object") { Description = "The object to query: contacts, companies, deals …" };
        var format = CommonOptions.Choice("--format", "The format: table, csv or json. Default: table.", "FORMAT", RowsText.Formats);
        var curl = new Option<bool>("--curl") { Description = "Print the equivalent curl command, without the token, and send nothing." };
        var command = new Command(
            "workflow",
            "Query HubSpot through the workflow webhook. Every other option becomes a parameter of the query: "
            + "--icalps-company-id 123 sends icalps_company_id=123.")
        {
            name, format, curl,
        };
        command.TreatUnmatchedTokensAsErrors = false;
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(name),
            invocation.Json ? "json" : parse.GetValue(format) ?? "table",
            parse.GetValue(curl),
            parse.UnmatchedTokens));
    }

    private static async Task<int> RunAsync(
        Invocation invocation, string name, string format, bool curl, IReadOnlyList<string> words)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<KeyValuePair<string, string>> query = WorkflowQuery.Parse(words);
        var settings = WorkflowSettings.Resolve(reading.Definition!.Workflow, name, invocation.Context.Environment);
        if (curl)
        {
            string call = WorkflowQuery.Curl(settings, query);
            invocation.Text(invocation.Json ? JsonText.Of(new CurlDocument(call), CurlJson.Default.CurlDocument) : call + Environment.NewLine);
            return ExitCodes.Done;
        }

        using var client = new WorkflowClient(settings, invocation.Context.Clock, logger: invocation.Logger);
        IReadOnlyList<JsonElement> rows = await client.QueryAsync(query, invocation.Context.Signals.StopReading);
        await RowsText.WriteAsync(format, rows, invocation.Context);
        return ExitCodes.Done;
    }
}

internal sealed record CurlDocument(string Curl);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CurlDocument))]
internal sealed partial class CurlJson : JsonSerializerContext;
