using System.CommandLine;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon clear</c>: empties staging tables, drops unfinished attempts or releases a pipeline, after asking.</summary>
internal static class ClearCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon clear companies", "Empty the staging table of one pipeline."),
        new("recon clear --attempts --yes", "Discard all unfinished runs without a question."),
        new("recon clear deals --release", "Free a pipeline that a dead run still holds."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines("The pipelines to clear. Default: all.");
        var yes = new Option<bool>("--yes") { Description = "Do not ask for confirmation." };
        var attempts = new Option<bool>("--attempts")
        {
            Description = "Discard unfinished runs instead, which then cannot be resumed; the staging tables stay.",
        };
        var release = new Option<bool>("--release")
        {
            Description = "Only take the named pipelines from runs that are dead but still hold them. A run that is alive after all ends with exit code 5.",
        };
        var command = new Command("clear", "Empty the staging tables and delete the rejects; the log and the decisions about records stay.") { names, attempts, release, yes };
        return binder.Bind(command, s_examples, (parse, invocation) =>
        {
            IReadOnlyList<string> pipelines = parse.GetValue(names) ?? [];
            return parse.GetValue(release)
                ? ReleaseAsync(invocation, pipelines, parse.GetValue(attempts), parse.GetValue(yes))
                : RunAsync(invocation, pipelines, parse.GetValue(attempts), parse.GetValue(yes));
        });
    }

    private static async Task<int> ReleaseAsync(Invocation invocation, IReadOnlyList<string> names, bool attempts, bool yes)
    {
        if (names.Count == 0 || attempts)
        {
            throw new UsageException(attempts ? "--release and --attempts exclude each other." : "--release needs the names of the pipelines.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var upkeep = new StagingUpkeep(
            server.Sources, new StagingTables(reading.Definition!.Staging.Schema), invocation.Context.Clock, invocation.Logger);
        var released = new List<KeyValuePair<string, string?>>();
        try
        {
            foreach (ValidPipeline pipeline in pipelines)
            {
                LeaseHolder? holder = await upkeep.HolderAsync(pipeline, token);
                if (holder is not null && !yes && !Ask(invocation, $"Take {pipeline.Name} from {holder.Text}"))
                {
                    return ExitCodes.Refused;
                }

                string? former = holder is not null && await upkeep.ReleaseAsync(pipeline, holder, token) ? holder.Text : null;
                invocation.HasActed |= former is not null;
                released.Add(new(pipeline.Name, former));
            }
        }
        finally
        {
            // What was done is told whatever ended it.
            Print(invocation, released);
        }

        return ExitCodes.Done;
    }

    private static void Print(Invocation invocation, List<KeyValuePair<string, string?>> released)
    {
        if (invocation.Json && released.Count > 0)
        {
            invocation.Text(JsonText.Of(new ClearDocument(null, null) { Released = JsonText.Object(released) }, ClearJson.Default.ClearDocument));
            return;
        }

        foreach ((string name, string? holder) in released)
        {
            invocation.Line(holder is null ? $"{name}: no run holds it." : $"{name}: released; it was held by {holder}.");
        }
    }

    private static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> names, bool attempts, bool yes)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        var tables = new StagingTables(reading.Definition!.Staging.Schema);
        string list = string.Join(", ", pipelines.Select(pipeline => tables.Published(pipeline.Stage).Display));
        if (!yes && !Ask(invocation, attempts ? $"Discard the unfinished runs of {list}" : $"Empty {list}"))
        {
            return ExitCodes.Refused;
        }

        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var upkeep = new StagingUpkeep(server.Sources, tables, invocation.Context.Clock, invocation.Logger);
        var cleared = new List<KeyValuePair<string, long>>();
        foreach (ValidPipeline pipeline in pipelines)
        {
            long count = attempts
                ? await upkeep.DropAttemptsAsync(pipeline, token)
                : await upkeep.ClearAsync(pipeline, token);
            cleared.Add(new(pipeline.Name, count));
        }

        Print(invocation, cleared, attempts);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        foreach (ValidPipeline pipeline in attempts ? [] : pipelines)
        {
            PipelineDecisions kept = await new DecisionStore(tables).LoadAsync(connection, pipeline.Name, stages: false, token);
            if (kept.Count > 0)
            {
                invocation.Note($"{pipeline.Name}: {Show.Count(kept.Count, "decision")} about its records {(kept.Count == 1 ? "is" : "are")} kept for the next run; 'recon decide {pipeline.Name} ID --undo' takes one back.");
            }
        }

        return ExitCodes.Done;
    }

    private static bool Ask(Invocation invocation, string deed)
    {
        if (!invocation.Context.CanAsk)
        {
            throw new UsageException($"{deed}? Standard input is not a terminal: add --yes.");
        }

        invocation.Context.Error.Write($"{deed}? [y/N] ");
        string answer = invocation.Context.Input.ReadLine()?.Trim() ?? "";
        bool isYes = answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase);
        if (!isYes)
        {
            invocation.Context.ErrorLine(invocation.HasActed ? "Nothing else has changed." : "Nothing has changed.");
        }

        return isYes;
    }

    private static void Print(Invocation invocation, List<KeyValuePair<string, long>> cleared, bool attempts)
    {
        invocation.HasActed = true;
        if (invocation.Json)
        {
            IReadOnlyDictionary<string, long> counts = JsonText.Object(cleared);
            invocation.Text(JsonText.Of(
                attempts ? new ClearDocument(counts, null) : new ClearDocument(null, counts), ClearJson.Default.ClearDocument));
            return;
        }

        foreach ((string name, long count) in cleared)
        {
            invocation.Line($"{name}: {Show.Count(count, attempts ? "unfinished run" : "row")} {(attempts ? "discarded" : "removed")}.");
        }
    }
}

internal sealed record ClearDocument(
    IReadOnlyDictionary<string, long>? DroppedAttempts,
    IReadOnlyDictionary<string, long>? Cleared)
{
    /// <summary>Who held each pipeline that <c>--release</c> names.</summary>
    public IReadOnlyDictionary<string, string?>? Released { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ClearDocument))]
internal sealed partial class ClearJson : JsonSerializerContext;
