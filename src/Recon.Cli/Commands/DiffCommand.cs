using System.CommandLine;
using System.Text;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon diff</c>: what differs between the results of two runs, and why.</summary>
internal static class DiffCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon diff", "The last run of each pipeline, compared with the one before it."),
        new("recon diff --pipeline companies --limit 20", "One pipeline, with 20 of the records."),
        new("recon diff 8c4d 91ab --json", "Two runs, named by the ends of their ids."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var runs = new Argument<string[]>("run")
        {
            Description = "The runs, as 'recon log' names them; the beginning or end of an id is enough. Default: the last run and the one before it; of one run, the one before it.",
            HelpName = "run",
            Arity = new ArgumentArity(0, 2),
        };
        var pipelines = CommonOptions.List("--pipeline", "Only these pipelines. Default: all.", "NAME,...");
        var limit = new Option<int>("--limit")
        {
            Description = "Maximum number of records that are shown one by one for each pipeline.",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        };
        var mask = CommonOptions.Mask();
        var command = new Command("diff", "Show what differs between the results of two runs, and why: records that came, went or have another status or other changes.")
        {
            runs, pipelines, limit, mask,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation, parse.GetValue(runs) ?? [], parse.GetValue(pipelines) ?? [], parse.GetValue(limit), parse.GetValue(mask)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string[] runs, string[] names, int limit, bool mask)
    {
        if (limit < 0)
        {
            throw new UsageException("--limit takes a number of records, at least 0.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var tables = new StagingTables(reading.Definition!.Staging.Schema);
        await new StagingReader(connection, tables).RequireAsync(tables.Log, token);
        Guid?[] wanted = [null, null];
        for (int index = 0; index < runs.Length; index++)
        {
            wanted[index] = await WantedRun.FindAsync(connection, tables, pipelines, runs[index], isPublished: true, token);
        }

        if (runs.Length == 2 && wanted[0] == wanted[1])
        {
            throw new UsageException($"Both name run {wanted[0]}: name two runs, or one to compare it with the run before it.");
        }

        List<RunDifference> compared = [];
        List<NotComparedDocument> others = [];
        foreach (ValidPipeline pipeline in pipelines)
        {
            try
            {
                compared.Add(await RunComparison.ReadAsync(connection, tables, pipeline, wanted[0], wanted[1], limit, token));
            }
            catch (NotComparableException exception)
            {
                others.Add(new NotComparedDocument(pipeline.Name, exception.Message));
            }
        }

        if (compared.Count == 0 && runs.Length > 0)
        {
            throw new UsageException(string.Join('\n', others.Select(other => $"{other.Pipeline}: {other.Reason}").Distinct()));
        }

        invocation.Text(invocation.Json
            ? JsonText.Of(new DiffDocument([.. compared.Select(PipelineDiffDocument.Of)], others), DiffJson.Default.DiffDocument)
            : Draw(compared, others, mask, invocation.Context.OutputWidth));
        return ExitCodes.Done;
    }

    private static string Draw(List<RunDifference> compared, List<NotComparedDocument> others, bool mask, int? width)
    {
        var text = new StringBuilder();
        foreach (RunDifference difference in compared)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(DiffText.Draw(difference, mask, width));
        }

        foreach (NotComparedDocument other in others)
        {
            text.Append(text.Length == 0 ? "" : "\n").Append(TextWrap.ToTerminal($"{other.Pipeline}: {other.Reason}\n", width));
        }

        return text.ToString();
    }
}

/// <param name="NotCompared">Pipelines of which two results are not known, with the reason.</param>
internal sealed record DiffDocument(IReadOnlyList<PipelineDiffDocument> Pipelines, IReadOnlyList<NotComparedDocument> NotCompared);

internal sealed record NotComparedDocument(string Pipeline, string Reason);

/// <param name="Rows">Rows of the later result.</param>
/// <param name="Differing">Records whose outcome differs: the sum of the causes.</param>
internal sealed record PipelineDiffDocument(
    string Pipeline,
    ComparedRun From,
    ComparedRun To,
    long Rows,
    long Differing,
    long Added,
    long Gone,
    IReadOnlyList<StatusDifference> Statuses,
    IReadOnlyList<PropertyDifference> Properties,
    IReadOnlyList<CauseOfDifference> Causes,
    IReadOnlyList<DifferingRecord> Records)
{
    public static PipelineDiffDocument Of(RunDifference each) => new(
        each.Pipeline, each.From, each.To, each.Rows, each.Differing, each.Added, each.Gone, each.Statuses, each.Properties, each.Causes, each.Records);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DiffDocument))]
internal sealed partial class DiffJson : JsonSerializerContext;
