using System.CommandLine;
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
    // Rows of one table; more of them follow in further tables, so that only these are held.
    private const int Page = 1_000;

    private static readonly Example[] s_examples =
    [
        new("recon show companies", "The first 20 staged rows."),
        new("recon show companies --status ambiguous", "Records with more than one candidate."),
        new("recon show companies --property phone --all", "All rows with an update of one property, with both values."),
        new("recon show deals --changed --limit 100 --json", "For a script."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        name.Arity = ArgumentArity.ZeroOrOne;
        var status = CommonOptions.Status("Only rows with this status.");
        var changed = new Option<bool>("--changed") { Description = "Only rows with something to update in HubSpot." };
        var property = new Option<string>("--property") { Description = "Only rows with an update of this property, with both values.", HelpName = "NAME" };
        var id = new Option<string>("--id") { Description = "Only the row of this legacy id.", HelpName = "LEGACY_ID" };
        var limit = new Option<long?>("--limit") { Description = "Maximum number of rows. Default: 20.", HelpName = "N" };
        var all = new Option<bool>("--all") { Description = "All rows." };
        var mask = CommonOptions.Mask();
        var command = new Command("show", "Show staged rows, in the order of the file.") { name, status, changed, property, id, limit, all, mask };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetValue(name),
            new RowFilter(parse.GetValue(status), parse.GetValue(changed), parse.GetValue(property), parse.GetValue(id)),
            parse.GetValue(all) && parse.GetValue(limit) is not null
                ? throw new UsageException("--all and --limit both say how many rows to show. Use one of them.")
                : parse.GetValue(all) ? null : parse.GetValue(limit) ?? 20,
            parse.GetValue(mask)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string? name, RowFilter filter, long? limit, bool mask)
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
        ChangesCommand.Require(pipeline, filter.Property);
        filter = filter.LegacyId is null ? filter : filter with { LegacyId = WantedIds.Of([pipeline], [new WantedId(filter.LegacyId, "--id")])[name].Single() };
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var reader = new StagingReader(connection, new StagingTables(reading.Definition!.Staging.Schema));
        long total = await reader.CountAsync(pipeline, filter, token);
        // When whoever read them has left, the rest need not be read.
        IAsyncEnumerable<string> rows = reader.RowsAsync(pipeline, filter, limit, token).TakeWhile(_ => invocation.Context.Output.Fault is null);
        await (invocation.Json
            ? WriteJsonAsync(rows, total, invocation)
            : WriteAsync(rows, total, new RowsView(pipeline.Stage, filter.Property, mask), invocation));
        return total == 0 && filter.LegacyId is { } id && await TellUnknownAsync(invocation, reader, pipeline, id, token) ? ExitCodes.Refused : ExitCodes.Done;
    }

    // A record that is there, and that another option leaves out, is not unknown.
    private static async Task<bool> TellUnknownAsync(
        Invocation invocation, StagingReader reader, ValidPipeline pipeline, string id, CancellationToken token)
    {
        string? like = await reader.LikeAsync(pipeline, id, token);
        if (like == id)
        {
            return false;
        }

        invocation.Context.ErrorLine(
            $"recon: There is no record '{id}' in the published result of '{pipeline.Name}'.{(like is null ? "" : $" Did you mean '{like}'?")} "
            + $"'recon explain {pipeline.Name} {id}' looks for it in the file.");
        return true;
    }

    private static async Task WriteAsync(IAsyncEnumerable<string> rows, long total, RowsView view, Invocation invocation)
    {
        long shown = 0;
        await foreach (string[] page in rows.Chunk(Page))
        {
            invocation.Text((shown == 0 ? "" : "\n") + view.Draw(page, invocation.Context.OutputWidth));
            shown += page.Length;
        }

        invocation.Text(shown == 0 ? view.Draw([], invocation.Context.OutputWidth) : "");
        invocation.Line($"\nshowing {Show.Count(shown)} of {Show.Count(total, "row")}{(shown < total ? "; --all shows all" : "")}");
    }

    // The same text as of one document, written row by row: there may be millions.
    private static async Task WriteJsonAsync(IAsyncEnumerable<string> rows, long total, Invocation invocation)
    {
        string before = "{\n  \"rows\": [";
        await foreach (string row in rows)
        {
            invocation.Text($"{before}\n    {row}");
            before = ",";
        }

        invocation.Text($"{(before == "," ? "\n  " : before)}],\n  \"total\": {total}\n}}\n");
    }
}
