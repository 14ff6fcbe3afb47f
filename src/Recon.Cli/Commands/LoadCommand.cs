using System.CommandLine;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Postgres.Bronze;
using Recon.Postgres.Runs;

namespace Recon.Cli.Commands;

/// <summary><c>recon load</c>: bronze records into a table of PostgreSQL, as text.</summary>
internal static class LoadCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline("The pipeline whose files are loaded.");
        var table = new Option<string>("--table") { Description = "The table. Default: bronze.PIPELINE.", HelpName = "SCHEMA.TABLE" };
        var input = CommonOptions.Input();
        var maxRejects = new Option<string>("--max-rejects")
        {
            Description = "Rejects above which nothing is loaded: a count or a percentage.",
            HelpName = "N|N%",
        };
        var rejects = new Option<string>("--rejects") { Description = "Write rejected records to this CSV file.", HelpName = "FILE" };
        var mask = CommonOptions.Mask();
        var command = new Command("load", "Load all columns of a pipeline's files into a table, as text. A later load replaces it.")
        {
            name, table, input, maxRejects, rejects, mask,
        };
        return binder.Bind(command, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(name),
            new LoadWish(parse.GetValue(table), parse.GetValue(input), parse.GetValue(maxRejects), parse.GetValue(rejects), parse.GetValue(mask))));
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, LoadWish wish)
    {
        if (wish.MaxRejects is { } limit && !RejectLimit.IsValid(limit))
        {
            throw new UsageException($"--max-rejects takes a count such as 100 or a share such as 5%, not '{limit}'.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using RejectsFile? rejects = wish.Rejects is null ? null : RejectsFile.Check(wish.Rejects, wish.Mask);
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var request = new BronzeRequest
        {
            Definition = reading.Definition!,
            Pipeline = pipeline,
            BaseDirectory = reading.BaseDirectory,
            Input = wish.Input,
            Table = wish.Table,
            MaxRejects = wish.MaxRejects,
        };
        BronzeResult result = await LoadAsync(server, request, rejects, invocation, token);
        foreach (string warning in result.Warnings)
        {
            invocation.Note($"{pipeline.Name}: {warning}");
        }

        invocation.Text(invocation.Json ? Json(pipeline, result) : Draw(pipeline, result));
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
        catch (RejectsAboveLimitException)
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
            Math.Round(result.Elapsed.TotalSeconds, 3)),
        LoadJson.Default.LoadDocument);

    private sealed record LoadWish(string? Table, string? Input, string? MaxRejects, string? Rejects, bool Mask);
}

internal sealed record LoadDocument(
    string Pipeline,
    string Table,
    int Columns,
    long Read,
    long Loaded,
    long Rejected,
    IReadOnlyDictionary<string, long> ByReason,
    double Seconds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LoadDocument))]
internal sealed partial class LoadJson : JsonSerializerContext;
