using System.CommandLine;
using System.Globalization;
using System.Text.Json.Serialization;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.HubSpot.Updates;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon export</c>: update payloads from the published result.</summary>
internal static class ExportCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon export companies", "A folder of batches for HubSpot's API, with the values before."),
        new("recon export companies --format csv --out updates.csv", "The updates as one file."),
        new("recon export deals --min-confidence 90 --property amount,dealstage", "Only two properties of sure matches."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        var format = CommonOptions.Choice(
            "--format",
            "The format: hubspot (a folder of batch updates with an undo pack and a manifest), jsonl or csv. Default: hubspot.",
            "FORMAT",
            "hubspot", "jsonl", "csv");
        var target = new Option<string>("--out")
        {
            Description = "Folder (hubspot) or file. Default: a new folder hubspot-PIPELINE-RUN-TIME, or standard output.",
            HelpName = "PATH",
        };
        var status = CommonOptions.Status("Only records with this status. Default: matched.");
        var properties = CommonOptions.List("--property", "Only these properties, separated by commas.", "NAMES");
        var confidence = new Option<decimal?>("--min-confidence") { Description = "Only records with at least this match confidence, 0 to 100.", HelpName = "PERCENT" };
        var force = new Option<bool>("--force") { Description = "Replace an existing file; an existing folder with an export moves aside, as it holds the undo pack." };
        var command = new Command("export", "Write the updates for HubSpot: matched records with their changed properties.")
        {
            name, format, target, status, properties, confidence, force,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(name),
            new ExportArguments(
                parse.GetValue(format) ?? "hubspot",
                parse.GetValue(target),
                parse.GetValue(force),
                new UpdateFilter
                {
                    Status = parse.GetValue(status) ?? "matched",
                    Properties = parse.GetValue(properties) ?? [],
                    MinConfidence = parse.GetValue(confidence),
                })));
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, ExportArguments arguments)
    {
        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        Check(arguments, pipeline);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using PublishedReader reader = await PublishedReader.OpenAsync(
            server.Sources.Control, reading.Definition!, pipeline, arguments.Filter.Status, token);
        if (reader.Shared > 0)
        {
            invocation.Note(
                $"{pipeline.Name}: {Show.Count(reader.Shared)} records are left out because another matched record has the same HubSpot id.");
        }

        foreach ((string other, long left) in reader.ClaimedElsewhere)
        {
            invocation.Note(
                $"{pipeline.Name}: {Show.Count(left)} records are left out because '{other}' claims their HubSpot records of {pipeline.Match.Table} "
                + "by an equal or stronger rule. 'recon check' tells more.");
        }

        foreach (string other in reader.Unread)
        {
            invocation.Note($"{pipeline.Name}: whether '{other}' claims the same HubSpot records is not known: this role may not read its result.");
        }

        foreach (PublishedRun run in reader.Runs.Where(run => run.Warnings.Count > 0))
        {
            string more = run.Warnings.Count == 1 ? "" : $" ({Show.Count(run.Warnings.Count - 1, "more warning")}: recon stats {pipeline.Name} --warnings)";
            invocation.Note(string.Create(
                CultureInfo.InvariantCulture, $"{pipeline.Name}: its run of {run.StartedAt:yyyy-MM-dd HH:mm:ss} UTC warned: {run.Warnings[0]}{more}"));
        }

        IAsyncEnumerable<ReconciledRecord> records = reader.ReadAsync(token).Select(arguments.Filter.Narrow).OfType<ReconciledRecord>();
        if (arguments.Format == "hubspot")
        {
            PackSource source = Source(pipeline, reader, invocation.Context.Clock.GetUtcNow());
            TakenFolder taken = arguments.Target is null ? TakenFolder.Number : arguments.Force ? TakenFolder.MoveAside : TakenFolder.Refuse;
            WrittenPack pack = await HubspotPack.WriteAsync(arguments.Target ?? source.FolderName, taken, source, records, token);
            string folder = arguments.Target ?? Path.GetFileName(pack.Folder);
            invocation.HasActed = true;
            if (invocation.Json)
            {
                invocation.Text(ManifestJson.Answer(pack.Manifest, folder, pack.Former));
            }
            else
            {
                invocation.Prose(Draw(pack.Manifest, folder));
            }

            if (pack.Former is not null)
            {
                invocation.Note($"{pipeline.Name}: the export that was in {folder} is in {pack.Former} now.");
            }

            if (pack.Manifest.WithoutObject > 0)
            {
                invocation.Note(
                    $"{pipeline.Name}: {Show.Count(pack.Manifest.WithoutObject)} records are left out: \"object\" maps no value of "
                    + $"{pipeline.ObjectByColumn?.From} to a HubSpot object for them.");
            }

            return ExitCodes.Done;
        }

        Task<long> WriteAsync(TextWriter writer) => arguments.Format == "csv"
            ? UpdateListWriter.WriteCsvAsync(writer, records, token)
            : UpdateListWriter.WriteJsonLinesAsync(writer, records, token);
        long count = arguments.Target is null
            ? await WriteAsync(invocation.Context.BeginData())
            : await UpdateListWriter.ToFileAsync(arguments.Target, arguments.Force, WriteAsync);
        invocation.HasActed = arguments.Target is not null;
        if (invocation.Json && arguments.Target is not null)
        {
            invocation.Text(JsonText.Of(
                new ListDocument(pipeline.Name, arguments.Format, arguments.Target, count, reader.Shared), ListJson.Default.ListDocument));
        }

        invocation.Note($"{pipeline.Name}: {Show.Count(count)} records exported{(arguments.Target is null ? "" : $" to {arguments.Target}")}.");
        return ExitCodes.Done;
    }

    private static PackSource Source(ValidPipeline pipeline, PublishedReader reader, DateTimeOffset now)
    {
        PublishedRun? run = reader.Runs.Count == 0 ? null : reader.Runs[^1];
        return new PackSource(
            pipeline.Name,
            pipeline.ObjectType,
            run is null ? null : new PackRun(run.Id, run.StartedAt, run.InputFiles, run.InputFingerprint),
            now)
        {
            MergedRuns = [.. reader.Runs.SkipLast(1).Select(merged => merged.Id)],
            Shared = reader.Shared,
            ClaimedElsewhere = reader.GivenWay,
        };
    }

    private static void Check(ExportArguments arguments, ValidPipeline pipeline)
    {
        if (arguments.Format == "hubspot" && pipeline.ObjectTypes.Count == 0)
        {
            throw new UsageException(
                $"Nothing tells which HubSpot object the records of '{pipeline.Name}' are. Name it in the definition (\"object\": \"companies\"), "
                + "or list them with --format jsonl or csv.");
        }

        if (arguments.Filter.MinConfidence is < 0 or > 100)
        {
            throw new UsageException("--min-confidence takes a percentage from 0 to 100.");
        }

        if (arguments.Format == "hubspot" && arguments.Filter.Status != "matched")
        {
            throw new UsageException("Only matched records can be updated in HubSpot. List others with --format jsonl or csv.");
        }

        string[] known = [.. pipeline.Diff.Properties.Select(property => property.Property)];
        if (arguments.Filter.Properties.FirstOrDefault(property => !known.Contains(property, StringComparer.Ordinal)) is { } unknown)
        {
            string hint = Suggestion.Nearest(unknown, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";
            throw new UsageException($"'{pipeline.Name}' has no property '{unknown}'.{hint}");
        }
    }

    private static string Draw(PackManifest manifest, string folder)
    {
        string text = $"{manifest.Source.Pipeline}: {Show.Count(manifest.Records)} records, {Show.Count(manifest.PropertyChanges.Values.Sum())} values, "
            + string.Join(", ", manifest.Objects.Select(each =>
                $"{Show.Count(each.Calls)} {(each.Calls == 1 ? "call" : "calls")} of POST {each.Endpoint}")) + "\n";
        foreach (QuotaForecast forecast in manifest.Forecast)
        {
            text += $"  {forecast.Plan.Name}: at least {Duration(manifest.Files.Count, forecast.Plan)}; "
                + $"{Show.Count(manifest.Files.Count)} of {Show.Count(forecast.Plan.CallsPerDay)} calls a day\n";
        }

        return text + $"Written to {folder}: {Show.Count(manifest.Files.Count, "update file")}, {Show.Count(manifest.UndoFiles.Count, "undo file")}, {HubspotPack.ManifestName}\n";
    }

    private static string Duration(long calls, HubspotPlan plan)
    {
        long seconds = Math.Max(Math.Sign(calls), (long)Math.Ceiling(calls * 10.0 / plan.CallsPer10Seconds));
        return seconds < 120 ? $"{seconds} s" : $"{Show.Count((seconds + 59) / 60)} min";
    }

    private sealed record ExportArguments(string Format, string? Target, bool Force, UpdateFilter Filter);
}

/// <param name="Shared">Records that are left out because another matched record has the same HubSpot id.</param>
internal sealed record ListDocument(string Pipeline, string Format, string File, long Records, long Shared);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListDocument))]
internal sealed partial class ListJson : JsonSerializerContext;
