using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using static Recon.Dataflow.Text.CountText;

namespace Recon.Postgres.Checks;

/// <summary>Checks what a pipeline reads from disk or object storage: its files, their headers and encodings, and map files.</summary>
internal sealed class InputCheck(DefinitionReading reading, CheckOptions options)
{
    private const string Subject = "input";

    public async Task CheckAsync(ValidPipeline pipeline, FindingLog log, CancellationToken cancellationToken)
    {
        ValidDefinition definition = reading.Definition!;
        var context = new ConversionContext(definition.Defaults, reading.BaseDirectory, definition.AllowPathsOutside);
        bool mapsAreGood = CheckMapFiles(pipeline, context, log);
        var place = new FindingPlace(pipeline.Csv, nameof(CsvBlockDefinition.Path));
        if (pipeline.Csv.Path == "-")
        {
            log.Ok(Subject, place, "The input is standard input, which a check leaves alone; a run from it cannot be resumed.");
            return;
        }

        PipelineColumns columns = PipelineColumns.Of(pipeline);
        try
        {
            await using BatchReader? reader = await OpenAsync(pipeline, columns, place, log, cancellationToken);
            if (reader is null)
            {
                return;
            }

            string bytes = reader.TotalBytes is { } total ? $", {Show(total, "byte")}" : "";
            log.Ok(Subject, place, $"{string.Join(", ", reader.Files.Select(file => file.Name))}{bytes}: header and encoding are good.");
            foreach (string missing in reader.MissingColumns.Order(StringComparer.Ordinal))
            {
                log.Ok($"column {missing}", place, "The file lacks it; it is optional, so what is made from it is left out.");
            }

            if (options.Records > 0)
            {
                ReconciliationPlan? plan = mapsAreGood
                    ? ReconciliationPlan.Compile(pipeline, context, reader.MissingColumns, new HashSet<string>())
                    : null;
                await new RecordCheck(pipeline, log, context, options.Records).CheckAsync(reader, plan, cancellationToken);
                await CheckTextsAsync(pipeline, columns, place, log, cancellationToken);
            }
        }
        catch (InputException wrong)
        {
            log.Error(Subject, place, wrong.Message, null);
        }
        catch (InputUnavailableException wrong)
        {
            log.Unreachable(Subject, place, wrong.Message);
        }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException)
        {
            log.Error(Subject, place, $"{pipeline.Csv.ShownPath} cannot be read: {wrong.Message}", "Check the path and the permissions.");
        }
    }

    private async Task<BatchReader?> OpenAsync(
        ValidPipeline pipeline,
        PipelineColumns columns,
        FindingPlace place,
        FindingLog log,
        CancellationToken cancellationToken)
    {
        try
        {
            return await OpenAsync(pipeline, columns, columns.OptionalSource, cancellationToken);
        }
        catch (InputException wrong)
        {
            log.Error(Subject, place, wrong.Message, null);
            await LookBehindAsync(pipeline, columns, wrong.Message, place, log, cancellationToken);
            return null;
        }
    }

    // One fault of a file hides the next: a wrong header what is behind it, a wrong encoding the header.
    private async Task LookBehindAsync(
        ValidPipeline pipeline,
        PipelineColumns columns,
        string known,
        FindingPlace place,
        FindingLog log,
        CancellationToken cancellationToken)
    {
        var all = new HashSet<string>(columns.Source.Names, StringComparer.OrdinalIgnoreCase);
        string? behind = await WhyNotAsync(() => OpenAsync(pipeline, columns, all, cancellationToken));
        if (behind is not null && behind != known)
        {
            log.Error(Subject, place, behind, null);
        }
        else if (behind is not null && await ReadableStart.ReadAsync(pipeline.Csv, reading.BaseDirectory, cancellationToken) is { } start)
        {
            await using (start)
            {
                string? header = await WhyNotAsync(() => BatchReader.OpenAsync(
                    pipeline.Csv with { Path = "-" },
                    pipeline.Batch,
                    reading.Definition!.Defaults,
                    columns.Source,
                    new BatchReaderOptions
                    {
                        BaseDirectory = reading.BaseDirectory,
                        StandardInput = start,
                        OptionalColumns = columns.OptionalSource,
                    },
                    cancellationToken));
                if (header is not null)
                {
                    log.Error(Subject, place, header.Replace("standard input:", $"{pipeline.Csv.ShownPath}:", StringComparison.Ordinal), null);
                }
            }
        }
    }

    private static async Task<string?> WhyNotAsync(Func<ValueTask<BatchReader>> open)
    {
        try
        {
            await using BatchReader reader = await open();
            return null;
        }
        catch (InputException wrong)
        {
            return wrong.Message;
        }
    }

    private async Task CheckTextsAsync(
        ValidPipeline pipeline, PipelineColumns columns, FindingPlace place, FindingLog log, CancellationToken cancellationToken)
    {
        IReadOnlyList<CutPattern> cuts = await CutTexts.FindAsync(
            pipeline, pipeline.Csv, reading.Definition!.Defaults, Options(columns.OptionalSource), cancellationToken);
        foreach (string column in cuts.Select(cut => cut.Column).Distinct(StringComparer.Ordinal))
        {
            log.Warn(
                $"column {column}",
                place,
                $"Its texts look cut {CutPattern.InWords(column, cuts)}.",
                "Export whole texts. Until then, a text that is only the beginning of HubSpot's is withheld (\"onTruncated\").");
        }
    }

    private ValueTask<BatchReader> OpenAsync(
        ValidPipeline pipeline, PipelineColumns columns, IReadOnlySet<string> optional, CancellationToken cancellationToken)
        => BatchReader.OpenAsync(
            pipeline.Csv,
            pipeline.Batch,
            reading.Definition!.Defaults,
            columns.Source,
            Options(optional),
            cancellationToken);

    private BatchReaderOptions Options(IReadOnlySet<string> optional) => new()
    {
        BaseDirectory = reading.BaseDirectory,
        AllowPathsOutside = reading.Definition!.AllowPathsOutside,
        Objects = reading.Objects,
        Limit = Math.Max(options.Records, 1),
        OptionalColumns = optional,
    };

    private static bool CheckMapFiles(ValidPipeline pipeline, ConversionContext context, FindingLog log)
    {
        bool good = true;
        foreach (MapFileDefinition file in pipeline.MapFiles)
        {
            var place = new FindingPlace(file, nameof(file.Path));
            try
            {
                ConversionChain.Compile([file], context);
                log.Ok("map file", place, $"{file.Path} can be read.");
            }
            catch (ConversionSetupException wrong)
            {
                good = false;
                log.Error("map file", place, wrong.Message, null);
            }
        }

        return good;
    }
}
