namespace Recon.Samples;

/// <summary>
/// Makes synthetic legacy exports and the HubSpot mirror that fits them. Every record follows from the options and its
/// index alone: memory does not grow with the number of records, and equal options give equal bytes on every machine.
/// Names are invented, domains reserved, telephone numbers set aside for fiction.
/// </summary>
internal sealed class SampleGenerator
{
    private const int FlushBytes = 128 * 1024;
    private readonly ISampleSource[] _sources;

    /// <exception cref="ArgumentOutOfRangeException">The number of rows is out of range.</exception>
    public SampleGenerator(SampleOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Rows, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Rows, 1_000_000_000, nameof(options));
        Options = options;

        RecordPlanner companies = new(options, Share(3), CompanySource.Definition);
        RecordPlanner persons = new(options, Share(10), PersonSource.Definition);
        RecordPlanner opportunities = new(options, Share(5), OpportunitySource.Definition);
        RecordPlanner communications = new(options, options.Rows, CommunicationSource.Definition);
        _sources =
        [
            new CompanySource(companies),
            new PersonSource(persons, companies),
            new OpportunitySource(opportunities, companies, persons),
            new CommunicationSource(communications, companies, persons, opportunities),
        ];

        long Share(int percent) => Math.Max(1, options.Rows * percent / 100);
    }

    public SampleOptions Options { get; }

    /// <summary>Names of the legacy files, in the order of <see cref="MirrorSchema.Tables"/>.</summary>
    public static IReadOnlyList<string> BronzeFiles { get; } =
        [CompanySource.Definition.File, PersonSource.Definition.File, OpportunitySource.Definition.File, CommunicationSource.Definition.File];

    /// <summary>
    /// Writes the four <c>Bronze_*.csv</c>, the mirror as four <c>hubspot_*.csv</c> with <c>mirror.sql</c>, and the facts
    /// as <c>expected.json</c>. Files of these names are replaced.
    /// </summary>
    /// <param name="directory">The folder; created when it does not exist.</param>
    /// <param name="cancellationToken">Cancels the writing; files may then be incomplete.</param>
    /// <returns>What a run over the sample must find.</returns>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public async Task<SampleFacts> WriteAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        SampleFacts facts = await WriteAllAsync(name => Create(directory, name), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "mirror.sql"), MirrorSchema.PsqlScript, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(directory, "expected.json"), facts.ToJson(), cancellationToken);
        return facts;
    }

    /// <summary>Makes the sample without keeping it, to know its facts.</summary>
    /// <returns>What a run over the sample must find.</returns>
    public Task<SampleFacts> CountAsync(CancellationToken cancellationToken) => WriteAllAsync(_ => Stream.Null, cancellationToken);

    /// <summary>Writes one legacy file.</summary>
    /// <exception cref="ArgumentException">There is no such file.</exception>
    public Task WriteBronzeAsync(string fileName, Stream destination, CancellationToken cancellationToken)
    {
        ISampleSource source = Array.Find(_sources, source => source.Object.File == fileName)
            ?? throw new ArgumentException($"The sample has no file '{fileName}'. It has {string.Join(", ", BronzeFiles)}.", nameof(fileName));
        return WriteBronzeAsync(source, new PipelineTally(source.Object), destination, cancellationToken);
    }

    /// <summary>Writes the rows of one mirror table as CSV in UTF-8 with a header, as <see cref="SampleTable.CopySql"/> takes it.</summary>
    public Task WriteMirrorAsync(SampleTable table, Stream destination, CancellationToken cancellationToken)
    {
        ISampleSource source = Array.Find(_sources, source => source.Object.Key == table.Key)
            ?? throw new ArgumentException($"The sample's mirror has no table '{table.Name}'.", nameof(table));
        return WriteMirrorAsync(source, table, new PipelineTally(source.Object), destination, cancellationToken);
    }

    private static FileStream Create(string directory, string name) => new(
        Path.Combine(directory, name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0, useAsync: true);

    private async Task<SampleFacts> WriteAllAsync(Func<string, Stream> open, CancellationToken cancellationToken)
    {
        PipelineTally[] tallies = [.. _sources.Select(source => new PipelineTally(source.Object))];

        // Legacy files and mirror touch different counts of a tally, so both are made at the same time.
        await Task.WhenAll(Task.Run(BronzeAsync, cancellationToken), Task.Run(MirrorAsync, cancellationToken));
        return new SampleFacts { Pipelines = [.. tallies.Select(tally => tally.Facts())] };

        async Task BronzeAsync()
        {
            for (int i = 0; i < _sources.Length; i++)
            {
                await using Stream stream = open(_sources[i].Object.File);
                await WriteBronzeAsync(_sources[i], tallies[i], stream, cancellationToken);
            }
        }

        async Task MirrorAsync()
        {
            for (int i = 0; i < _sources.Length; i++)
            {
                await using Stream stream = open(MirrorSchema.Tables[i].FileName);
                await WriteMirrorAsync(_sources[i], MirrorSchema.Tables[i], tallies[i], stream, cancellationToken);
            }
        }
    }

    private static async Task WriteBronzeAsync(
        ISampleSource source, PipelineTally tally, Stream destination, CancellationToken cancellationToken)
    {
        BronzeRecords records = new(source, tally);
        records.WriteHeader();
        await WriteAsync(records.Csv, source.Planner.Rows, records.Write, destination, cancellationToken);
    }

    private static async Task WriteMirrorAsync(
        ISampleSource source, SampleTable table, PipelineTally tally, Stream destination, CancellationToken cancellationToken)
    {
        MirrorRecords records = new(source, table);
        records.WriteHeader();
        await WriteAsync(records.Csv, source.Planner.Rows, records.Write, destination, cancellationToken);
        tally.MirrorRows = records.Rows;
    }

    private static async Task WriteAsync(
        CsvRecordWriter csv, long rows, Action<long> write, Stream destination, CancellationToken cancellationToken)
    {
        for (long i = 0; i < rows; i++)
        {
            write(i);
            if (csv.Written.Length >= FlushBytes)
            {
                await FlushAsync(csv, destination, cancellationToken);
            }
        }

        await FlushAsync(csv, destination, cancellationToken);
    }

    private static async ValueTask FlushAsync(CsvRecordWriter csv, Stream destination, CancellationToken cancellationToken)
    {
        await destination.WriteAsync(csv.Written, cancellationToken);
        csv.Clear();
    }
}
