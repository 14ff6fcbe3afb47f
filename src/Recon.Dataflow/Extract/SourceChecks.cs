using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract.Cuts;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Extract;

/// <summary>What can be checked before the first record.</summary>
internal static class SourceChecks
{
    private const int ReadAtOnce = 256 * 1024;

    /// <summary>
    /// Checks all headers and, if so wanted, encoding and end of uncompressed files, of objects in storage the end only. Standard input can be
    /// read only once, and is left out.
    /// </summary>
    /// <exception cref="InputException">A file cannot be used.</exception>
    public static async ValueTask RunAsync(
        IReadOnlyList<SourceFile> files, CsvBlockDefinition csv, SourceColumns columns, BatchReaderOptions options,
        CancellationToken cancellationToken)
    {
        foreach (SourceFile file in files.Where(file => file.Kind != InputKind.StandardInput))
        {
            HeaderMap header = await ReadHeaderAsync(file, csv, columns, options, cancellationToken);
            if (options.ValidateUpFront && file.Kind == InputKind.Plain)
            {
                await ReadThroughAsync(file, csv, header, cancellationToken);
            }
        }
    }

    /// <summary>Checks encoding and end of the uncompressed files, at the speed of memory; of objects in storage the end only.</summary>
    /// <exception cref="InputException">A file cannot be used.</exception>
    public static async ValueTask ReadThroughAsync(
        IReadOnlyList<SourceFile> files, CsvBlockDefinition csv, SourceColumns columns, BatchReaderOptions options,
        CancellationToken cancellationToken)
    {
        foreach (SourceFile file in files.Where(file => file.Kind == InputKind.Plain))
        {
            await ReadThroughAsync(file, csv, await ReadHeaderAsync(file, csv, columns, options, cancellationToken), cancellationToken);
        }
    }

    /// <summary>What speaks against the declared encoding, in a sample of each uncompressed file, where any bytes are valid in it.</summary>
    public static async ValueTask<IReadOnlyList<string>> DoubtEncodingAsync(
        IReadOnlyList<SourceFile> files, CsvBlockDefinition csv, CancellationToken cancellationToken)
    {
        if (TextEncoding.Find(csv.Encoding) is not { SingleByte: not null } declared)
        {
            return [];
        }

        List<string> doubts = [];

        byte[] sample = new byte[ReadAtOnce];
        foreach (SourceFile file in files.Where(file => file.Kind == InputKind.Plain))
        {
            await using SampledFile bytes = await SampledFile.OpenAsync(file, sample.Length, SampledLines.OfBytes, cancellationToken);
            int length = await bytes.ReadAtLeastAsync(sample, sample.Length, throwOnEndOfStream: false, cancellationToken);
            if (EncodingGuess.Doubt(declared, sample.AsSpan(0, length)) is { } doubt)
            {
                doubts.Add($"{file.Name}: read as {csv.Encoding}, {doubt}");
            }
        }

        return doubts;
    }

    private static async ValueTask<HeaderMap> ReadHeaderAsync(
        SourceFile file, CsvBlockDefinition csv, SourceColumns columns, BatchReaderOptions options, CancellationToken cancellationToken)
    {
        SourceStart start = await SourceStart.OpenAsync(file, csv, columns, options, cancellationToken);
        await start.Records.DisposeAsync();
        return start.Header;
    }

    private static async ValueTask ReadThroughAsync(
        SourceFile file, CsvBlockDefinition csv, HeaderMap header, CancellationToken cancellationToken)
    {
        await CutFile.CheckTailAsync(file, csv, header, cancellationToken);
        if (file.Object is not null)
        {
            // To look at each of its bytes would fetch it twice. They are checked on the way, as those of gzip files are.
            return;
        }

        await using Utf8Source source = await Utf8Source.OpenAsync(file, null, csv, cancellationToken);
        byte[] passed = new byte[ReadAtOnce];
        while (await source.ReadAsync(passed, cancellationToken) > 0)
        {
            // Reading is the check.
        }
    }
}
