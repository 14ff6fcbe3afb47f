using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Postgres.Bronze;
using Recon.Postgres.Runs.Gates;

namespace Recon.Cli.Commands;

/// <summary><c>recon load</c>: bronze records into a table of PostgreSQL, as text.</summary>
internal static class LoadCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon load companies", "All columns into the default table, as text."),
        new("recon load companies --table bronze.company --rejects bad.csv", "Into a table of your choice; bad records into a file."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline("The pipeline whose files to load.");
        var table = new Option<string>("--table") { Description = "The table to load into. Default: bronze.PIPELINE.", HelpName = "SCHEMA.TABLE" };
        var input = CommonOptions.Input();
        var maxRejects = new Option<string>("--max-rejects")
        {
            Description = "Load nothing if more records than this are rejected: a number or a percentage.",
            HelpName = "N|N%",
        };
        var rejects = new Option<string>("--rejects") { Description = "Write the rejected records to this CSV file, readable only by you.", HelpName = "FILE" };
        var mask = CommonOptions.Mask("Hide the values of records in the file of --rejects.");
        var command = new Command("load", "Load all columns of a pipeline's files into a table, as text. Loading again replaces the table.")
        {
            name, table, input, maxRejects, rejects, mask,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(name),
            new LoadArguments(parse.GetValue(table), parse.GetValue(input), parse.GetValue(maxRejects), parse.GetValue(rejects), parse.GetValue(mask))));
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, LoadArguments arguments)
    {
        if (arguments.MaxRejects is { } limit && !Gate.IsLimit("maxRejects", limit))
        {
            throw new UsageException($"--max-rejects takes a number such as 100 or a percentage such as 5%, not '{limit}'.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using RejectsFile? rejects = arguments.Rejects is null ? null : RejectsFile.Check(
            arguments.Rejects, arguments.Mask, new NamedFiles(invocation.DefinitionPath, reading, ("the file of --input", arguments.Input)));
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var request = new BronzeRequest
        {
            Definition = reading.Definition!,
            Pipeline = pipeline,
            BaseDirectory = reading.BaseDirectory,
            Objects = reading.Objects,
            Input = arguments.Input,
            Table = arguments.Table,
            MaxRejects = arguments.MaxRejects,
        };
        BronzeResult result = await LoadAsync(server, request, rejects, invocation, token);
        foreach (string warning in result.Warnings)
        {
            invocation.Note($"{pipeline.Name}: {warning}");
        }

        invocation.HasActed = true;
        if (invocation.Json)
        {
            invocation.Text(Json(pipeline, result));
        }
        else
        {
            invocation.Prose(Draw(pipeline, result));
        }

        return ExitCodes.Done;
    }

    // The file is whole when all records were read, whether they were loaded or too many of them rejected.
    private static async Task<BronzeResult> LoadAsync(
        ServerConnection server, BronzeRequest request, RejectsFile? rejects, Invocation invocation, CancellationToken token)
    {
        try
        {
            BronzeResult result = await BronzeLoader.LoadAsync(
                server.Sources.Writer, request, rejects is null ? null : WriteAsync, invocation.Context.Clock, token);
            await CompleteAsync();
            return result;
        }
        catch (GateException)
        {
            await CompleteAsync();
            throw;
        }

        async ValueTask WriteAsync(SourceFile file, RejectedRecord reject)
            => await rejects!.WriteAsync(request.Pipeline.Name, file.Name, reject);

        Task CompleteAsync() => rejects?.CompleteAsync() ?? Task.CompletedTask;
    }

    private static string Draw(ValidPipeline pipeline, BronzeResult result)
    {
        string reasons = result.ByReason.Count == 0 ? "" : " (" + string.Join(
            ", ", result.ByReason.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {Show.Count(pair.Value)}")) + ")";
        return $"{pipeline.Name}: read {Show.Count(result.Read)}, loaded {Show.Count(result.Loaded)}, rejected {Show.Count(result.Rejected)}{reasons}\n"
            + $"Table: {result.Table.Display}, {result.Columns.Count} columns, {Show.Seconds(result.Elapsed)} s\n";
    }

    private static string Json(ValidPipeline pipeline, BronzeResult result) => JsonText.Of(
        new LoadDocument(
            pipeline.Name,
            result.Table.Display,
            result.Columns.Count,
            result.Read,
            result.Loaded,
            result.Rejected,
            JsonText.Object(result.ByReason.OrderBy(pair => pair.Key, StringComparer.Ordinal)),
            Math.Round(result.Elapsed.TotalSeconds, 3),
            result.Warnings),
        LoadJson.Default.LoadDocument);

    private sealed record LoadArguments(string? Table, string? Input, string? MaxRejects, string? Rejects, bool Mask);
}

internal sealed record LoadDocument(
    string Pipeline,
    string Table,
    int Columns,
    long Read,
    long Loaded,
    long Rejected,
    IReadOnlyDictionary<string, long> ByReason,
    double Seconds,
    IReadOnlyList<string> Warnings);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LoadDocument))]
internal sealed partial class LoadJson : JsonSerializerContext;
