using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Extract.Cuts;

/// <summary>
/// Looks for the lengths at which an export cut its texts, before the first batch, in a sample of its files. Files and
/// definition alone decide, so that every batch, run and explanation decides the same.
/// </summary>
internal static class CutTexts
{
    /// <summary>Bytes of all files that are looked at, and the fewest of each file.</summary>
    public const long SampleBytes = 8 * 1024 * 1024;

    private const long LeastBytes = 256 * 1024;
    private const int MostFiles = 32;

    /// <param name="csv">Its csv block, with the path that is read.</param>
    /// <returns>What was found; nothing for standard input, which can be read once only.</returns>
    /// <exception cref="InputException">The input cannot be used.</exception>
    public static async Task<IReadOnlyList<CutPattern>> FindAsync(
        ValidPipeline pipeline,
        CsvBlockDefinition csv,
        DefaultsDefinition defaults,
        BatchReaderOptions options,
        CancellationToken cancellationToken)
    {
        string[] texts = [.. CutLengths.Columns(pipeline).Where(column => !column.Equals(csv.Id, StringComparison.OrdinalIgnoreCase))];
        if (texts.Length == 0 || csv.Path == "-")
        {
            return [];
        }

        var columns = new SourceColumns(texts.Prepend(csv.Id));
        var sample = new LengthSample(columns);
        SourceFile[] files = [.. await SourceFinder.FindAsync(csv.Path, options, cancellationToken)];
        files = files.Length <= MostFiles ? files : [.. Enumerable.Range(0, MostFiles).Select(index => files[index * files.Length / MostFiles])];
        long most = Math.Max(LeastBytes, SampleBytes / files.Length);
        CsvBlockDefinition plain = csv with { Exclude = [], OnCut = OnCut.Accept };
        BatchReaderOptions sampling = options with
        {
            Limit = null,
            Ids = null,
            Observer = null,
            ValidateUpFront = false,
            ResumeFrom = new Dictionary<long, SourceRange>(),
        };
        foreach (SourceFile file in files)
        {
            // A line end of UTF-16 is not one byte, and the middle of a gzip file cannot be reached.
            bool inParts = file.Kind == InputKind.Plain && TextEncoding.Find(csv.Encoding) is { IsUtf16: false };
            await using Stream? parts = inParts ? await SampledFile.OpenAsync(file, most, SampledLines.OfBytes, cancellationToken) : null;
            await using BatchReader reader = await BatchReader.OpenAsync(
                plain with { Path = inParts ? "-" : file.Path },
                pipeline.Batch,
                defaults,
                columns,
                sampling with { StandardInput = parts, StandardInputName = file.Name },
                cancellationToken);
            reader.Watch = sample;
            await ReadAsync(reader, most, cancellationToken);
        }

        return sample.FindCuts();
    }

    private static async Task ReadAsync(BatchReader reader, long most, CancellationToken cancellationToken)
    {
        try
        {
            while (await reader.ReadAsync(cancellationToken) is { } batch)
            {
                using (batch)
                {
                    if (batch.Range.EndByte >= most)
                    {
                        return;
                    }
                }
            }
        }
        catch (InputException)
        {
            // What cannot be read ends the sample; it is the run's own reader that says where it is.
        }
    }
}
