using System.CommandLine;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon changes</c>: what the staged updates would do, property by property.</summary>
internal static class ChangesCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon changes companies", "Fills, overwrites and clears by property."),
        new("recon changes companies --property phone --top 20", "The 20 most frequent changes of one property."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        var property = new Option<string>("--property") { Description = "Only this property.", HelpName = "NAME" };
        var top = new Option<int>("--top")
        {
            Description = "Maximum number of value pairs per property; the others are counted.",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        };
        var mask = CommonOptions.Mask();
        var command = new Command("changes", "Show what the staged updates would do to HubSpot: fills, overwrites and clears by property, and the most frequent values.")
        {
            name, property, top, mask,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation, parse.GetRequiredValue(name), parse.GetValue(property), parse.GetValue(top), parse.GetValue(mask)));
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, string? property, int top, bool mask)
    {
        if (top < 0)
        {
            throw new UsageException("--top takes a number of value pairs, at least 0.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        Require(pipeline, property);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        StagedChanges changes = await StagedChanges.ReadAsync(
            connection, new StagingTables(reading.Definition!.Staging.Schema), pipeline, property, top, token);
        invocation.Text(invocation.Json ? Json(changes) : ChangesText.Draw(changes, mask, invocation.Context.OutputWidth));
        return ExitCodes.Done;
    }

    /// <exception cref="UsageException">The pipeline has no such property.</exception>
    internal static void Require(ValidPipeline pipeline, string? property)
    {
        string[] known = [.. pipeline.Diff.Properties.Select(each => each.Property)];
        if (property is not null && !known.Contains(property, StringComparer.Ordinal))
        {
            string hint = Suggestion.Nearest(property, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";
            throw new UsageException($"The pipeline '{pipeline.Name}' has no property '{property}'.{hint} It has: {string.Join(", ", known)}.");
        }
    }

    private static string Json(StagedChanges changes) => JsonText.Of(
        new ChangesDocument(
            changes.Pipeline,
            changes.Matched,
            changes.WithChanges,
            [.. changes.Properties.Select(each => new PropertyDocument(
                each.Property, each.Changes, each.Fills, each.Overwrites, each.Clears,
                [.. each.Transitions.Select(pair => new TransitionDocument(pair.From, pair.To, pair.Count, pair.LegacyIds))],
                each.Others))]),
        ChangesJson.Default.ChangesDocument);
}

/// <param name="Matched">Records with one HubSpot record.</param>
internal sealed record ChangesDocument(string Pipeline, long Matched, long WithChanges, IReadOnlyList<PropertyDocument> Properties);

/// <param name="Others">Records with other pairs of values than those of <paramref name="Transitions"/>.</param>
internal sealed record PropertyDocument(
    string Property, long Changes, long Fills, long Overwrites, long Clears, IReadOnlyList<TransitionDocument> Transitions, long Others);

internal sealed record TransitionDocument(string? From, string? To, long Count, IReadOnlyList<string> LegacyIds);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ChangesDocument))]
internal sealed partial class ChangesJson : JsonSerializerContext;
