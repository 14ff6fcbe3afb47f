using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;

namespace Recon.Cli.Commands;

/// <summary><c>recon decide</c>: decides about a record what a machine must not decide.</summary>
internal static class DecideCommand
{
    private const int MostNote = 1_000;
    private const int MostName = 100;

    private static readonly Example[] s_examples =
    [
        new("recon decide companies 1001 --hubspot 5000001001 --note \"same VAT number\"", "It is this HubSpot record, whatever lookups find."),
        new("recon decide contacts 5001 --none", "It has no HubSpot record."),
        new("recon decide deals 7001 --keep-line 12", "Of the rows with this id, which disagree, the one on line 12 counts."),
        new("recon decide contacts 5001 --undo", "Take the decision back."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        var id = new Argument<string>("id") { Description = "The legacy id." };
        var hubspot = new Option<long?>("--hubspot") { Description = "The HubSpot record that it is.", HelpName = "ID" };
        var none = new Option<bool>("--none") { Description = "It has no HubSpot record." };
        var keep = new Option<long?>("--keep-line") { Description = "The line of the row that counts, where the file has several with the id that disagree.", HelpName = "N" };
        var undo = new Option<bool>("--undo") { Description = "Take back what was decided." };
        var note = new Option<string>("--note") { Description = "Why. Kept with the decision, and in its history.", HelpName = "TEXT" };
        var by = By();
        var input = CommonOptions.Input();
        var command = new Command("decide", "Decide which HubSpot record a record is, for this result and all later runs.")
        {
            name, id, hubspot, none, keep, undo, note, by, input,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(name),
            parse.GetRequiredValue(id),
            new Wanted(
                parse.GetValue(hubspot), parse.GetValue(none), parse.GetValue(keep), parse.GetValue(undo), parse.GetValue(note), parse.GetValue(by) ?? Environment.UserName, parse.GetValue(input))));
    }

    /// <summary>Who decides.</summary>
    public static Option<string> By(string description = "Who decides, for the history of decisions. Default: the name of this login.")
    {
        var by = new Option<string>("--by") { Description = description, HelpName = "NAME" };
        by.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var name }] && (string.IsNullOrWhiteSpace(name) || name.Length > MostName || name.Any(char.IsControl)))
            {
                result.AddError($"--by takes a name of up to {MostName} characters.");
            }
        });
        return by;
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, string id, Wanted wanted)
    {
        int choices = (wanted.Hubspot is null ? 0 : 1) + (wanted.None ? 1 : 0) + (wanted.Undo ? 1 : 0);
        if (choices > 1 || (choices == 0 && wanted.Keep is null) || (wanted.Keep is not null && (wanted.None || wanted.Undo)))
        {
            throw new UsageException("Say what is decided by one of --hubspot ID, --none, --keep-line N and --undo; --keep-line goes with --hubspot, too.");
        }

        if (wanted.Hubspot < 1 || wanted.Keep < 1)
        {
            throw new UsageException($"{(wanted.Hubspot < 1 ? "--hubspot takes the id of a HubSpot record" : "--keep-line takes a line of the file")}, a number from 1.");
        }

        if (wanted.Note is { } note && (note.Length > MostNote || note.Any(char.IsControl)))
        {
            throw new UsageException($"--note takes one line of up to {MostNote} characters.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var service = new DecisionService(server.Sources, reading.Definition!, reading.BaseDirectory, invocation.Context.Clock);
        DecisionResult result;
        if (wanted.Undo)
        {
            result = await service.UndoAsync(pipeline, id, wanted.By, token);
        }
        else
        {
            ChosenRow? row = wanted.Keep is { } line ? await FindAsync(invocation, server, reading, pipeline, id, line, wanted.Input, token) : null;
            DecisionKind kind = wanted.Hubspot is not null ? DecisionKind.Match : wanted.None ? DecisionKind.NoMatch : DecisionKind.KeepRow;
            result = await service.DecideAsync(
                new DecisionRequest(pipeline, id, kind, wanted.Hubspot, wanted.By) { Note = string.IsNullOrWhiteSpace(wanted.Note) ? null : wanted.Note.Trim(), Keep = row }, token);
        }

        if (result.State == DecisionState.Refused)
        {
            throw new UsageException(result.Message);
        }

        invocation.HasActed = true;
        invocation.Text(invocation.Json
            ? JsonText.Of(DecideDocument.Of(pipeline.Name, result), DecideJson.Default.DecideDocument)
            : result.Message + Environment.NewLine);
        return ExitCodes.Done;
    }

    private static async Task<ChosenRow> FindAsync(
        Invocation invocation,
        ServerConnection server,
        DefinitionReading reading,
        ValidPipeline pipeline,
        string id,
        long line,
        string? input,
        CancellationToken token)
    {
        string canonical = WantedIds.Of([pipeline], [new WantedId(id, "id")])[pipeline.Name].Single();
        var context = new RunContext(server.Sources, RunRequest.Of(reading) with { Input = input }, pipeline)
        {
            Clock = invocation.Context.Clock,
            Logger = invocation.Logger,
        };
        ChosenRow[] rows = [.. (await new RepeatedRows(context).ReadAsync(new HashSet<string>(StringComparer.Ordinal) { canonical }, token))[canonical]];
        ChosenRow[] there = [.. rows.Where(row => row.Line == line)];
        return there.Length == 1 ? there[0] : throw new UsageException(
            $"No row with the legacy id {canonical} begins on line {line}. {(rows.Length == 0 ? "The file has none." : $"Its rows begin on the lines {string.Join(", ", rows.Select(row => row.Line))}.")}");
    }

    private sealed record Wanted(long? Hubspot, bool None, long? Keep, bool Undo, string? Note, string By, string? Input);
}

/// <summary>The document of <c>recon decide --json</c>.</summary>
internal sealed record DecideDocument(string Pipeline, string LegacyId, string State, string Message, DecisionDocument? Decision)
{
    public static DecideDocument Of(string pipeline, DecisionResult result) => new(
        pipeline, result.LegacyId, result.State.ToString().ToLowerInvariant(), result.Message, result.Decision is { } decision ? DecisionDocument.Of(decision) : null);
}

/// <summary>A decision, for scripts.</summary>
internal sealed record DecisionDocument(
    string Pipeline, string LegacyId, string Decision, long? HubspotId, long? SourceLine, string DecidedBy, string DecidedAt, string? Note)
{
    public static DecisionDocument Of(Decision decision) => new(
        decision.Pipeline,
        decision.LegacyId,
        DecisionKinds.TextOf(decision.Kind),
        decision.HubspotId,
        decision.SourceLine,
        decision.DecidedBy,
        decision.DecidedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        decision.Note);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(DecideDocument))]
[JsonSerializable(typeof(DecisionsDocument))]
[JsonSerializable(typeof(ImportDocument))]
[JsonSerializable(typeof(ExportedDocument))]
internal sealed partial class DecideJson : JsonSerializerContext;
