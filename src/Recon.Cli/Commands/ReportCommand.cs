using System.CommandLine;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;
using Recon.Review.Model;
using Recon.Review.Reports;

namespace Recon.Cli.Commands;

/// <summary><c>recon report</c>: what runs would do, for people who look rather than read.</summary>
internal static class ReportCommand
{
    private static readonly Example[] s_examples =
    [
        new("recon report --out report.html", "One file about the published results of all pipelines."),
        new("recon report companies --mask --out companies.html", "One pipeline, without the values of records."),
        new("recon report --format markdown >> $GITHUB_STEP_SUMMARY", "For the summary of a job."),
        new("recon report --json | jq '.account'", "What becomes of the records, for a script."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var names = CommonOptions.Pipelines();
        var run = new Option<string>("--run") { Description = "The run to report, as 'recon log' names it; the beginning or end of its id is enough. Default: the published result of each pipeline.", HelpName = "ID" };
        var target = new Option<string>("--out") { Description = "The file to write; one that is there is replaced. Default: standard output.", HelpName = "FILE" };
        var format = CommonOptions.Choice(
            "--format", "The format: html, markdown or json. Default: that of the file's name, else html.", "FORMAT", "html", "markdown", "json");
        var mask = CommonOptions.Mask("Hide the values of records: their shape and length stay, and options that the definition names.");
        var withoutComparison = new Option<bool>("--no-compare") { Description = "Do not look for the records that differ from the run before: with millions of them that takes half of the time." };
        var command = new Command("report", "Write a report of what the staged results would do: one HTML file, Markdown or JSON.")
        {
            names, run, target, format, mask, withoutComparison,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetValue(names) ?? [],
            parse.GetValue(run),
            parse.GetValue(target),
            parse.GetValue(format),
            parse.GetValue(mask),
            !parse.GetValue(withoutComparison)));
    }

    private static async Task<int> RunAsync(Invocation invocation, IReadOnlyList<string> names, string? run, string? target, string? format, bool mask, bool compares)
    {
        string chosen = Format(invocation, target, format);
        DefinitionReading reading = invocation.ReadDefinition();
        IReadOnlyList<ValidPipeline> pipelines = Invocation.Select(reading.Definition!, names);
        if (target is not null && new NamedFiles(invocation.DefinitionPath, reading).Find(target) is { } what)
        {
            throw new UsageException($"--out would write over {what}: {target}. Name another file.");
        }

        if (target is not null)
        {
            RequirePlace(target);
        }

        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        List<PipelineEvidence> evidence = [];
        await using (NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token))
        {
            var tables = new StagingTables(reading.Definition!.Staging.Schema);
            var reader = new ReportReader(connection, tables);
            Guid? wanted = run is null ? null : await FindAsync(connection, tables, pipelines, run, token);
            foreach (ValidPipeline pipeline in pipelines)
            {
                ReportedPipeline reported = await reader.ReadAsync(pipeline, wanted, ReportDetail.Limits(mask, compares), token);
                if (run is null || reported.Run is not null)
                {
                    evidence.Add(PipelineEvidence.Of(reading, pipeline, reported));
                }
            }
        }

        var builder = new ReportBuilder(ToolVersion.Current.Text, invocation.Context.Clock.GetUtcNow(), mask);
        string text = ReportText.Of(chosen, detail => builder.Build(evidence, detail));
        if (target is null)
        {
            await invocation.Context.BeginData().WriteAsync(text);
            return ExitCodes.Done;
        }

        await WriteAsync(target, text, token);
        invocation.HasActed = true;
        invocation.Note($"Written to {target}.");
        return ExitCodes.Done;
    }

    private static async Task<Guid> FindAsync(
        NpgsqlConnection connection, StagingTables tables, IReadOnlyList<ValidPipeline> pipelines, string run, CancellationToken token)
    {
        await new StagingReader(connection, tables).RequireAsync(tables.Log, token);
        return await WantedRun.FindAsync(connection, tables, pipelines, run, isPublished: false, token);
    }

    private static string Format(Invocation invocation, string? target, string? format)
    {
        if (invocation.Json && format is not (null or "json"))
        {
            throw new UsageException($"--json and --format {format} both say what the report is. Use one of them.");
        }

        string chosen = format ?? (invocation.Json ? "json" : Path.GetExtension(target)?.ToLowerInvariant() switch
        {
            ".md" or ".markdown" => "markdown",
            ".json" => "json",
            _ => "html",
        });
        return chosen == "html" && target is null && invocation.Context.OutputWidth is not null
            ? throw new UsageException("An HTML report is for a browser: name a file for it, such as --out report.html.")
            : chosen;
    }

    private static void RequirePlace(string target)
    {
        string full = Path.GetFullPath(target);
        if (Directory.Exists(full))
        {
            throw new UsageException($"'{target}' is a folder. Name a file.");
        }

        if (!Directory.Exists(Path.GetDirectoryName(full)))
        {
            throw new UsageException($"The report cannot be written: the folder of {target} does not exist.");
        }
    }

    // Beside the one that is there, whose place it takes when it is whole.
    private static async Task WriteAsync(string target, string text, CancellationToken token)
    {
        string full = Path.GetFullPath(target);
        string working = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}");
        try
        {
            await using (StreamWriter writer = OwnerOnlyFile.Create(working))
            {
                await writer.WriteAsync(text.AsMemory(), token);
            }

            File.Move(working, full, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The report cannot be written: {WorkingCopy.Why(exception, working, target)}");
        }
        finally
        {
            // Deleting a file whose folder has gone would hide why it could not be written.
            if (File.Exists(working))
            {
                File.Delete(working);
            }
        }
    }
}
