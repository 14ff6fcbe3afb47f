using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon show</c>: staged rows.</summary>
internal static class ShowCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon show companies", "The first 20 staged rows."),
        new("recon show companies --status ambiguous", "Records with more than one candidate."),
        new("recon show deals --limit 100 --json", "For a script."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        name.Arity = ArgumentArity.ZeroOrOne;
        var status = CommonOptions.Status("Only rows with this status.");
        var limit = new Option<long>("--limit")
        {
            Description = "Maximum number of rows.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        var mask = CommonOptions.Mask();
        var command = new Command("show", "Show staged rows, in the order of the file.") { name, status, limit, mask };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation, parse.GetValue(name), parse.GetValue(status), parse.GetValue(limit), parse.GetValue(mask)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string? name, string? status, long limit, bool mask)
    {
        if (limit < 1)
        {
            throw new UsageException("--limit takes a number of rows, at least 1.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        if (name is null)
        {
            string[] known = [.. reading.Definition!.Pipelines.Select(each => each.Name)];
            throw new UsageException($"recon show takes a pipeline: {string.Join(", ", known)}. For example: recon show {known[0]}");
        }

        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var reader = new StagingReader(connection, new StagingTables(reading.Definition!.Staging.Schema));
        IReadOnlyList<string> rows = await reader.RowsAsync(pipeline, status, limit, token);
        invocation.Text(invocation.Json ? Json(rows) : Draw(pipeline.Stage, rows, mask));
        return ExitCodes.Done;
    }

    private static string Json(IReadOnlyList<string> rows)
        => JsonText.Of(new ShowDocument([.. rows.Select(row => new RawJson(row))]), ShowJson.Default.ShowDocument);

    // The names of properties say nothing about anybody.
    private static string Masked(JsonElement properties) => string.Join(
        ", ", properties.EnumerateObject().Select(property => $"{property.Name}: {Mask.Of(property.Value.ToString())}"));

    private static string Draw(StageBlockDefinition stage, IReadOnlyList<string> rows, bool mask)
    {
        string[] columns = [stage.LegacyId, stage.HubspotId, .. CommonColumns.Shown];
        return TextTable.Draw(columns, [.. rows.Select(Row)]);

        string[] Row(string row)
        {
            using JsonDocument document = JsonDocument.Parse(row);
            return [.. columns.Select(column => Cell(document.RootElement.GetProperty(column), column))];
        }

        string Cell(JsonElement value, string column)
        {
            string text = value.ValueKind == JsonValueKind.Null ? "" : value.ToString();
            return TextTable.Cell(!mask ? text : column == "properties_to_update" ? Masked(value) : column == "notes" ? Mask.Of(text) : text, 80);
        }
    }
}

internal sealed record ShowDocument(IReadOnlyList<RawJson> Rows);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ShowDocument))]
internal sealed partial class ShowJson : JsonSerializerContext;
