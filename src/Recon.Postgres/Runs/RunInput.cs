using Recon.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Extract.Cuts;

namespace Recon.Postgres.Runs;

/// <summary>The input of a run: its columns, and a reader that can be opened again to resume.</summary>
internal sealed class RunInput(
    RunRequest request, ValidPipeline pipeline, CsvBlockDefinition csv, SourceFeed? feed, BatchReader reader, PipelineColumns columns)
    : IAsyncDisposable
{
    private const string StandardInput = "standard input";

    private readonly InputMark? _mark = reader.Mark;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<IDisposable> _held = [];
    private Task _check = Task.CompletedTask;

    public BatchReader Reader { get; private set; } = reader;

    /// <summary>Date columns that a spreadsheet destroyed; their properties are left out.</summary>
    public IReadOnlyList<DestroyedDateColumn> DestroyedDates { get; private init; } = [];

    /// <summary>The lengths at which texts may have been cut.</summary>
    public required CutLengths Cuts { get; init; }

    public PipelineColumns Columns => columns;

    /// <summary>The share of the input (or of the limit) that was read, 0 to 1; <see langword="null"/> if unknown.</summary>
    public double? Share
    {
        get
        {
            double? ofBytes = Reader.TotalBytes is > 0 and { } total ? Math.Min(1, (double)Reader.BytesRead / total) : null;
            double? ofLimit = request.Limit is { } limit ? Math.Min(1, (double)Reader.RecordsRead / limit) : null;
            return ofLimit is null || ofBytes > ofLimit ? ofBytes : ofLimit;
        }
    }

    /// <summary>Fingerprint of the input; unique for standard input, which is never the same again.</summary>
    public string Fingerprint => _mark?.Fingerprint ?? $"{StandardInput} {Guid.NewGuid()}";

    /// <summary>Whether the input can be read again, so that a run can be resumed.</summary>
    public bool IsRepeatable => _mark is not null;

    /// <summary>Whether a fingerprint is one of an input that cannot be read again.</summary>
    /// <param name="fingerprint">The fingerprint, as the log has it.</param>
    public static bool IsStandardInput(string fingerprint) => fingerprint.StartsWith(StandardInput, StringComparison.Ordinal);

    /// <summary>Names of the files, by their index in batches.</summary>
    public IReadOnlyList<string> FileNames => [.. Reader.Files.Select(file => file.Name)];

    /// <summary>The file that the request names in place of the definition's, as a full path or an address; <see langword="null"/> for the definition's.</summary>
    public string? Given => request.Input is null ? null : csv.Path;

    /// <summary>Opens the input of a pipeline and checks header and encoding.</summary>
    /// <exception cref="InputException">The input cannot be used.</exception>
    public static async Task<RunInput> OpenAsync(
        RunRequest request, ValidPipeline pipeline, CancellationToken cancellationToken)
    {
        RunInput input = await BeginAsync(request, pipeline, cancellationToken);
        try
        {
            await input.CheckedAsync(cancellationToken);
            return input;
        }
        catch
        {
            await input.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Opens the input of a pipeline and checks its header. What takes as long as reading it goes on meanwhile:
    /// <see cref="CheckedAsync"/> is to be awaited before anything of it is read or staged.
    /// </summary>
    /// <exception cref="InputException">The input cannot be used.</exception>
    /// <param name="isCheckedElsewhere">Whether somebody else reads it through: then nothing goes on meanwhile.</param>
    public static async Task<RunInput> BeginAsync(
        RunRequest request, ValidPipeline pipeline, CancellationToken cancellationToken, bool isCheckedElsewhere = false)
    {
        PipelineColumns columns = PipelineColumns.Of(pipeline);
        CsvBlockDefinition csv = request switch
        {
            { Source: not null } => RecordSourceStream.Notation(pipeline.Csv),
            { Input: { } path } => pipeline.Csv with { Path = ObjectAddress.Absolute(path) },
            _ => pipeline.Csv,
        };
#pragma warning disable CA2000 // The input that is returned owns it; else it is closed below.
        SourceFeed? feed = request.Source is { } source ? new SourceFeed(source) : null;
#pragma warning restore CA2000
        BatchReaderOptions options = Options(request, feed, columns, null);
        using var sampling = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        Task<(IReadOnlyList<CutPattern> Cuts, IReadOnlyList<DestroyedDateColumn> Dates)> samples = Task.Run(
            async () => (
                await CutTexts.FindAsync(pipeline, csv, request.Definition.Defaults, options, sampling.Token),
                await Dataflow.Diff.DestroyedDates.FindAsync(pipeline, csv, request.Definition.Defaults, options, sampling.Token)),
            sampling.Token);
        BatchReader? reader = null;
        try
        {
            reader = await OpenReaderAsync(request, pipeline, csv, feed, columns, null, cancellationToken);
            IReadOnlyList<SourceFile> files = reader.Files;
            var cuts = CutLengths.Of(pipeline, columns.Source, (await samples).Cuts);
            reader.Watch = cuts;
            RunInput input = new(request, pipeline, csv, feed, reader, columns) { Cuts = cuts, DestroyedDates = (await samples).Dates };
            input._check = isCheckedElsewhere ? Task.CompletedTask : Task.Run(
                async () => await SourceChecks.ReadThroughAsync(files, csv, columns.Source, options, input._closing.Token), input._closing.Token);
            return input;
        }
        catch
        {
            // What is wrong with the input is what the reader says.
            await sampling.CancelAsync();
            await samples.ContinueWith(static done => done.Exception, TaskScheduler.Default);
            await CloseAsync(reader, feed);
            throw;
        }
    }

    /// <summary>Waits until the whole input is checked.</summary>
    /// <exception cref="InputException">The input cannot be used.</exception>
    public Task CheckedAsync(CancellationToken cancellationToken) => _check.WaitAsync(cancellationToken);

    /// <summary>Reads the next batch, and sees to it that the files stay what they were when they were opened.</summary>
    /// <param name="waits">Is told when the reader waits for whoever writes the input.</param>
    /// <returns>The batch, which the caller disposes; <see langword="null"/> at the end of the input, which is then the same as before.</returns>
    /// <exception cref="InputException">The input cannot be used, or changed while it was read.</exception>
    public ValueTask<RecordBatch?> ReadAsync(IWaits waits, CancellationToken cancellationToken) => ReadAsync(null, waits, cancellationToken);

    /// <summary>Reads a batch that another reader of the same input cut.</summary>
    /// <param name="range">Where it lies.</param>
    /// <returns>The batch, as it came out there; the caller disposes it.</returns>
    /// <exception cref="InputException">It does not come out so, or the input changed while it was read.</exception>
    public async ValueTask<RecordBatch> ReadAsync(long number, SourceRange range, IWaits waits, CancellationToken cancellationToken)
    {
        RecordBatch? batch = await ReadAsync((number, range), waits, cancellationToken);
        if (batch?.Range == range)
        {
            return batch;
        }

        string found = batch is null ? "the file ends before" : $"it is {batch.Range} here";
        batch?.Dispose();
        throw new InputException(
            $"{Reader.Files[range.File].Name} is not the file that the run reads: batch {number} is {range} there, and {found}. What was read of "
            + "it cannot be used. Give all workers the same files.")
        {
            IsMixed = true,
        };
    }

    private async ValueTask<RecordBatch?> ReadAsync((long Number, SourceRange Range)? place, IWaits waits, CancellationToken cancellationToken)
    {
        RecordBatch? batch = null;
        Reader.Waits = waits;
        try
        {
            if (place is var (number, range))
            {
                await Reader.SeekAsync(number, range, cancellationToken);
            }

            batch = await Reader.ReadAsync(cancellationToken);
            if (batch is null || _mark?.LooksUnchanged(batch.Range.File) == false)
            {
                await RequireUnchangedAsync(cancellationToken);
            }

            return batch;
        }
        catch (InputException wrong)
        {
            batch?.Dispose();
            if (!wrong.IsMixed)
            {
                await RequireUnchangedAsync(cancellationToken);
            }

            throw;
        }
    }

    /// <summary>Opens the reader again, to read only what is not committed yet.</summary>
    /// <exception cref="InputException">The input changed since it was opened.</exception>
    public async Task ResumeAsync(IReadOnlyDictionary<long, SourceRange> committed, CancellationToken cancellationToken)
    {
        await RequireUnchangedAsync(cancellationToken);
        await Reader.DisposeAsync();
        Reader = await OpenReaderAsync(request, pipeline, csv, feed, columns, committed, cancellationToken);
        Reader.Watch = Cuts;
    }

    /// <summary>The ids of parents in the first records, by column; none where the input can be read once only.</summary>
    /// <param name="columns">The columns that are wanted.</param>
    public async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> SampleAsync(
        IEnumerable<string> columns, CancellationToken cancellationToken)
        => await ColumnSample.ReadAsync(
            csv, pipeline.Batch, request.Definition.Defaults, columns, Options(request, feed, Columns, null), cancellationToken);

    /// <summary>Looks whether the files are what they were when they were opened.</summary>
    /// <exception cref="InputException">They are not; or they cannot be read.</exception>
    public ValueTask RequireUnchangedAsync(CancellationToken cancellationToken)
        => _mark?.RequireUnchangedAsync(csv.Path, Options(request, feed, columns, null), cancellationToken) ?? ValueTask.CompletedTask;

    /// <summary>Lets something go when the input is closed, as nobody asks about its records then.</summary>
    public void CloseWith(IDisposable held) => _held.Add(held);

    /// <summary>Closes the files, and ends a source of the hosting program.</summary>
    public async ValueTask DisposeAsync()
    {
        _held.ForEach(static held => held.Dispose());
        await _closing.CancelAsync();
        await _check.ContinueWith(static done => done.Exception, TaskScheduler.Default);
        _closing.Dispose();
        await CloseAsync(Reader, feed);
    }

    private static async ValueTask CloseAsync(BatchReader? reader, SourceFeed? feed)
    {
        if (reader is not null)
        {
            await reader.DisposeAsync();
        }

        if (feed is not null)
        {
            await feed.DisposeAsync();
        }
    }

    private static ValueTask<BatchReader> OpenReaderAsync(
        RunRequest request,
        ValidPipeline pipeline,
        CsvBlockDefinition csv,
        SourceFeed? feed,
        PipelineColumns columns,
        IReadOnlyDictionary<long, SourceRange>? committed,
        CancellationToken cancellationToken)
        => BatchReader.OpenAsync(
            csv,
            pipeline.Batch,
            request.Definition.Defaults,
            columns.Source,
            Options(request, feed, columns, committed),
            cancellationToken);

    private static BatchReaderOptions Options(
        RunRequest request, SourceFeed? feed, PipelineColumns columns, IReadOnlyDictionary<long, SourceRange>? committed)
        => new()
        {
            BaseDirectory = request.BaseDirectory,
            // A file named on the command line is the user's own choice.
            AllowPathsOutside = request.Input is not null || request.Definition.AllowPathsOutside,
            Objects = request.Objects,
            // It is done beside what else comes first.
            ValidateUpFront = false,
            Limit = request.Limit,
            Ids = request.Ids,
            StandardInput = feed?.Stream ?? request.StandardInput ?? ProcessInput.Open(),
            StandardInputName = feed is null ? StandardInput : "the record source",
            Observer = request.Observer,
            OptionalColumns = columns.OptionalSource,
            ResumeFrom = committed ?? new Dictionary<long, SourceRange>(),
        };
}
