using System.CommandLine;
using System.Globalization;
using System.Text;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Decisions;
using Recon.Postgres.Runs;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon decisions</c>: lists decisions, and lets them go to a colleague and return.</summary>
internal static class DecisionsCommand
{
    private const long MostBytes = 64 * 1024 * 1024;

    private static readonly string[] s_actions = ["list", "export", "import"];

    private static readonly Example[] s_examples =
    [
        new("recon decisions", "What was decided, by whom and when."),
        new("recon decisions export open.csv --undecided --pipeline companies", "What is to be decided, with candidates, for a spreadsheet."),
        new("recon decisions import open.csv --by Ada", "What came back: all of it, or nothing and what is wrong with it."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var action = new Argument<string>("action") { Description = "list (the default), export or import.", HelpName = "list|export|import", Arity = ArgumentArity.ZeroOrOne };
        action.CompletionSources.Add(s_actions);
        var file = new Argument<string>("file") { Description = "The CSV file of export and import; '-' for standard output.", HelpName = "file", Arity = ArgumentArity.ZeroOrOne };
        var pipelines = CommonOptions.List("--pipeline", "Only these pipelines. Default: all.", "NAME,...");
        var undecided = new Option<bool>("--undecided") { Description = "Export records that nobody has decided about and that need it, in place of decisions." };
        var status = CommonOptions.List("--status", "With --undecided, only these. Default: ambiguous, conflict and unmatched.", "STATUS,...");
        var partial = new Option<bool>("--partial") { Description = "Import what can be imported although other lines are wrong." };
        var by = DecideCommand.By();
        var input = CommonOptions.Input();
        var command = new Command("decisions", "List decisions about records, or export them to a CSV file and import it.")
        {
            action, file, pipelines, undecided, status, partial, by, input,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            new Wanted(
                parse.GetValue(action) ?? "list",
                parse.GetValue(file),
                parse.GetValue(pipelines) ?? [],
                parse.GetValue(undecided),
                parse.GetValue(status) is { Length: > 0 } statuses ? statuses : [.. UndecidedRecords.Statuses],
                parse.GetValue(partial),
                parse.GetValue(by) ?? Environment.UserName,
                parse.GetValue(input))));
    }

    private static async Task<int> RunAsync(Invocation invocation, Wanted wanted)
    {
        if (!s_actions.Contains(wanted.Action, StringComparer.Ordinal))
        {
            throw new UsageException($"'{wanted.Action}' is none of list, export and import.");
        }

        if ((wanted.File is null) == (wanted.Action != "list"))
        {
            throw new UsageException(wanted.File is null ? $"recon decisions {wanted.Action} takes a file." : "recon decisions list takes no file.");
        }

        if (wanted.Statuses.FirstOrDefault(status => !UndecidedRecords.Statuses.Contains(status)) is { } unknown)
        {
            throw new UsageException($"--status '{unknown}' is none of {string.Join(", ", UndecidedRecords.Statuses)}.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, wanted.Pipelines);
        (IReadOnlyList<SheetLine> Lines, IReadOnlyList<SheetProblem> Problems) sheet = wanted.Action == "import" ? DecisionSheet.Read(Read(wanted.File!)) : ([], []);
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        var tables = new StagingTables(reading.Definition!.Staging.Schema);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);

        // Tables of an earlier version have no decisions.
        await new StagingSchema(tables).CreateAsync(connection, [], token);
        return wanted.Action switch
        {
            "export" => await ExportAsync(invocation, reading, tables, connection, pipelines, wanted, token),
            "import" => await ImportAsync(invocation, server, reading, pipelines, sheet.Lines, [.. sheet.Problems], wanted, token),
            _ => await ListAsync(invocation, tables, connection, pipelines, token),
        };
    }

    private static async Task<int> ListAsync(
        Invocation invocation, StagingTables tables, NpgsqlConnection connection, IReadOnlyList<ValidPipeline> pipelines, CancellationToken token)
    {
        List<DecisionDocument> decisions = [];
        await foreach (Decision decision in new DecisionStore(tables).ListAsync(connection, [.. pipelines.Select(pipeline => pipeline.Name)], token))
        {
            decisions.Add(DecisionDocument.Of(decision));
        }

        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(new DecisionsDocument(decisions), DecideJson.Default.DecisionsDocument));
        }
        else if (decisions.Count == 0)
        {
            invocation.Note("Nothing was decided yet. 'recon decide' and 'recon review' do it.");
        }
        else
        {
            invocation.Text(TextTable.Draw(
                invocation.Context.OutputWidth,
                [
                    "pipeline", "legacy id", "decision", ">HubSpot id", ">line", "by", "?at", "~note",
                ],
                [.. decisions.Select(each => (IReadOnlyList<string>)
                    [
                        each.Pipeline, each.LegacyId, each.Decision, Text(each.HubspotId), Text(each.SourceLine), each.DecidedBy, each.DecidedAt, each.Note ?? "",
                    ])]));
        }

        return ExitCodes.Done;

        static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";
    }

    private static async Task<int> ExportAsync(
        Invocation invocation,
        DefinitionReading reading,
        StagingTables tables,
        NpgsqlConnection connection,
        IReadOnlyList<ValidPipeline> pipelines,
        Wanted wanted,
        CancellationToken token)
    {
        if (wanted.File != "-" && new NamedFiles(invocation.DefinitionPath, reading).Find(wanted.File!) is { } what)
        {
            throw new UsageException($"recon decisions export would write over {what}: {wanted.File}. Name another file.");
        }

        long lines = 0;
        try
        {
            await using StreamWriter? writer = wanted.File == "-" ? null : OwnerOnlyFile.Create(wanted.File!);

            // Without the mark, a spreadsheet reads accents as something else.
            Write(writer is null ? DecisionSheet.Header : "\uFEFF" + DecisionSheet.Header);
            await foreach (string line in LinesAsync(tables, connection, pipelines, wanted, token))
            {
                Write(line);
                lines++;
            }

            void Write(string line)
            {
                if (writer is null)
                {
                    invocation.Text(line);
                }
                else
                {
                    writer.Write(line);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{wanted.File} cannot be written: {exception.Message}");
        }

        invocation.HasActed = wanted.File != "-";
        if (wanted.File != "-" && invocation.Json)
        {
            invocation.Text(JsonText.Of(new ExportedDocument(wanted.File!, lines), DecideJson.Default.ExportedDocument));
        }
        else if (wanted.File != "-")
        {
            invocation.Line($"{Show.Count(lines, wanted.Undecided ? "record" : "decision")} written to {wanted.File}.");
        }

        return ExitCodes.Done;
    }

    private static async IAsyncEnumerable<string> LinesAsync(
        StagingTables tables,
        NpgsqlConnection connection,
        IReadOnlyList<ValidPipeline> pipelines,
        Wanted wanted,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token)
    {
        if (!wanted.Undecided)
        {
            await foreach (Decision decision in new DecisionStore(tables).ListAsync(connection, [.. pipelines.Select(pipeline => pipeline.Name)], token))
            {
                yield return DecisionSheet.Line(decision);
            }

            yield break;
        }

        foreach (ValidPipeline pipeline in pipelines)
        {
            // One that was never run has nothing to decide.
            if (await StagedTable.FindAsync(connection, tables, pipeline.Stage, token) is null)
            {
                continue;
            }

            await foreach (UndecidedRecord record in new UndecidedRecords(tables, pipeline).ReadAsync(connection, wanted.Statuses, token))
            {
                yield return DecisionSheet.Line(pipeline.Name, record);
            }
        }
    }

    private static async Task<int> ImportAsync(
        Invocation invocation,
        ServerConnection server,
        DefinitionReading reading,
        IReadOnlyList<ValidPipeline> pipelines,
        IReadOnlyList<SheetLine> lines,
        List<SheetProblem> problems,
        Wanted wanted,
        CancellationToken token)
    {
        List<(SheetLine Line, DecisionRequest Request)> requests = await RequestsAsync(invocation, server, reading, pipelines, lines, problems, wanted, token);
        bool isWanted = problems.Count == 0 || wanted.IsPartial;
        IReadOnlyList<DecisionResult> results = isWanted && requests.Count > 0
            ? await new DecisionService(server.Sources, reading.Definition!, reading.BaseDirectory, invocation.Context.Clock)
                .DecideAsync([.. requests.Select(request => request.Request)], wanted.IsPartial, token)
            : [];
        problems.AddRange(results.Zip(requests).Where(each => each.First.State == DecisionState.Refused)
            .Select(each => new SheetProblem(each.Second.Line.Line, ColumnOf(each.First.Code), each.First.Message)));
        bool isDone = problems.Count == 0 || wanted.IsPartial;
        var document = new ImportDocument(
            isDone ? results.LongCount(result => result.State is DecisionState.Applied or DecisionState.Recorded) : 0,
            isDone ? results.LongCount(result => result.State == DecisionState.Applied) : 0,
            isDone ? results.LongCount(result => result.State == DecisionState.Unchanged) : 0,
            [.. problems.OrderBy(problem => problem.Line).Select(problem => new ImportProblem(problem.Line, problem.Column, problem.Message))]);
        invocation.HasActed |= document.Imported > 0;
        if (invocation.Json)
        {
            invocation.Text(JsonText.Of(document, DecideJson.Default.ImportDocument));
        }
        else
        {
            string later = document.Imported > document.Applied ? $"; the next run applies {Show.Count(document.Imported - document.Applied)} of them" : "";
            invocation.Line(isDone
                ? $"{Show.Count(document.Imported, "decision")} imported{later}; {Show.Count(document.Unchanged)} had been decided so before."
                : "Nothing was imported. Correct the lines, or add --partial to import the others.");
        }

        foreach (ImportProblem problem in document.Problems)
        {
            invocation.Context.ErrorLine($"{wanted.File}:{problem.Line}: {(problem.Column.Length == 0 ? "" : $"{problem.Column}: ")}{problem.Message}");
        }

        return problems.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
    }

    private static async Task<List<(SheetLine Line, DecisionRequest Request)>> RequestsAsync(
        Invocation invocation,
        ServerConnection server,
        DefinitionReading reading,
        IReadOnlyList<ValidPipeline> pipelines,
        IReadOnlyList<SheetLine> lines,
        List<SheetProblem> problems,
        Wanted wanted,
        CancellationToken token)
    {
        Dictionary<string, ValidPipeline> byName = pipelines.ToDictionary(pipeline => pipeline.Name, StringComparer.Ordinal);
        problems.AddRange(lines.Where(line => !byName.ContainsKey(line.Pipeline)).Select(line => new SheetProblem(
            line.Line, "pipeline", $"'{line.Pipeline}' is none of {string.Join(", ", byName.Keys)}.")));
        List<(SheetLine Line, DecisionRequest Request)> requests = [];
        foreach (IGrouping<string, SheetLine> some in lines.Where(line => byName.ContainsKey(line.Pipeline)).GroupBy(line => line.Pipeline))
        {
            ValidPipeline pipeline = byName[some.Key];
            HashSet<string> chosen = [.. some.Where(line => line.KeepLine is not null || line.KeepHash is not null).Select(line => line.LegacyId)];
            ILookup<string, ChosenRow>? rows = chosen.Count == 0 ? null : await new RepeatedRows(
                new RunContext(server.Sources, RunRequest.Of(reading) with { Input = wanted.Input }, pipeline) { Clock = invocation.Context.Clock, Logger = invocation.Logger })
                .ReadAsync(chosen, token);
            foreach (SheetLine line in some)
            {
                ChosenRow? row = null;
                if (chosen.Contains(line.LegacyId))
                {
                    row = rows![line.LegacyId].FirstOrDefault(each => line.KeepHash is { } hash ? each.Hash == hash : each.Line == line.KeepLine);
                    if (row is null)
                    {
                        problems.Add(new SheetProblem(
                            line.Line, "keep_line", $"The file has no such row with the legacy id {line.LegacyId}: its rows begin on the lines {string.Join(", ", rows[line.LegacyId].Select(each => each.Line))}."));
                        continue;
                    }
                }

                requests.Add((line, new DecisionRequest(pipeline, line.LegacyId, line.Kind, line.HubspotId, line.DecidedBy ?? wanted.By)
                {
                    Note = line.Note,
                    Keep = row,
                    Hash = line.Hash,
                    IsImported = true,
                }));
            }
        }

        return requests;
    }

    private static string ColumnOf(string? code) => code switch
    {
        DecisionCodes.HubspotGone or DecisionCodes.HubspotTaken => "hubspot_id",
        DecisionCodes.RecordChanged => "record",
        DecisionCodes.NoConflict => "keep_line",
        DecisionCodes.NoResult => "pipeline",
        _ => "legacy_id",
    };

    private static string Read(string path)
    {
        try
        {
            return new FileInfo(path).Length > MostBytes
                ? throw new UsageException($"{path} is larger than 64 MiB. Import it in parts.")
                : new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"{path} is not UTF-8. Save it as CSV UTF-8.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {exception.Message}");
        }
    }

    private sealed record Wanted(
        string Action, string? File, IReadOnlyList<string> Pipelines, bool Undecided, IReadOnlyList<string> Statuses, bool IsPartial, string By, string? Input);
}

/// <summary>The document of <c>recon decisions --json</c>.</summary>
internal sealed record DecisionsDocument(IReadOnlyList<DecisionDocument> Decisions);

/// <summary>The document of <c>recon decisions export --json</c>.</summary>
internal sealed record ExportedDocument(string File, long Lines);

/// <summary>The document of <c>recon decisions import --json</c>.</summary>
/// <param name="Imported">Decisions that were made.</param>
/// <param name="Applied">Those of them that the staged rows show already.</param>
/// <param name="Unchanged">Lines that say what was decided before.</param>
internal sealed record ImportDocument(long Imported, long Applied, long Unchanged, IReadOnlyList<ImportProblem> Problems);

internal sealed record ImportProblem(int Line, string Column, string Message);
