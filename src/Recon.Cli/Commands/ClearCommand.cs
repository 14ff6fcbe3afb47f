using System.CommandLine;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon clear</c>: empties staging tables, after asking.</summary>
internal static class ClearCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="binder">Binds its body.</param>
    public static Command Create(CommandBinder binder)
    {
        var names = new Argument<string[]>("pipeline")
        {
            Description = "Pipelines whose staging tables are emptied. Default: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var yes = new Option<bool>("--yes") { Description = "Do not ask." };
        var command = new Command("clear", "Empty the staging tables and forget the rejects; the log stays.") { names, yes };
        return binder.Bind(
            command,
            (parse, invocation) => RunAsync(invocation, parse.GetValue(names) ?? [], parse.GetValue(yes)));
    }

    private static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> names, bool yes)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<PipelineDefinition> pipelines = Invocation.Select(reading.Definition!, names);
        var tables = new StagingTables(reading.Definition!.Staging.Schema);
        string list = string.Join(", ", pipelines.Select(pipeline => tables.Published(pipeline.Stage).Display));
        if (!yes && !Ask(invocation, list))
        {
            return ExitCodes.Refused;
        }

        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        var cleared = new List<KeyValuePair<string, long>>();
        foreach (PipelineDefinition pipeline in pipelines)
        {
            cleared.Add(new(pipeline.Name, await new StagingSchema(tables).ClearAsync(connection, pipeline, token)));
        }

        Print(invocation, cleared);
        return ExitCodes.Done;
    }

    private static bool Ask(Invocation invocation, string list)
    {
        if (!invocation.Context.CanAsk)
        {
            throw new UsageException($"This empties {list}. Nobody can be asked here: add --yes.");
        }

        invocation.Context.Error.Write($"Empty {list}? [y/N] ");
        string answer = invocation.Context.Input.ReadLine()?.Trim() ?? "";
        bool isYes = answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase);
        if (!isYes)
        {
            invocation.Context.ErrorLine("Nothing was changed.");
        }

        return isYes;
    }

    private static void Print(Invocation invocation, List<KeyValuePair<string, long>> cleared)
    {
        if (invocation.Json)
        {
            invocation.Line(JsonText.Write(json =>
            {
                json.WriteStartObject();
                json.WriteCounts("cleared", cleared);
                json.WriteEndObject();
            }));
            return;
        }

        foreach ((string name, long rows) in cleared)
        {
            invocation.Line($"{name}: {Show.Count(rows)} rows removed.");
        }
    }
}
