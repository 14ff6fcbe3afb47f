using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Extract;

/// <summary>What can be checked before the first record.</summary>
internal static class SourceChecks
{
    private const int ReadAtOnce = 256 * 1024;

    /// <summary>Checks all headers and, if so wanted, encoding and end of uncompressed files. Standard input can be read only once, and is left out.</summary>
    /// <exception cref="InputException">A file cannot be used.</exception>
    public static async ValueTask RunAsync(
        IReadOnlyList<SourceFile> files, CsvBlockDefinition csv, SourceColumns columns, BatchReaderOptions options,
        CancellationToken cancellationToken)
    {
        foreach (SourceFile file in files.Where(file => file.Kind != InputKind.StandardInput))
        {
            SourceStart start = await SourceStart.OpenAsync(file, csv, columns, options, cancellationToken);
            await start.Records.DisposeAsync();
            if (options.ValidateUpFront && file.Kind == InputKind.Plain)
            {
                await CutFile.CheckTailAsync(file, csv, start.Header, cancellationToken);
                await using Utf8Source source = await Utf8Source.OpenAsync(file, null, csv, cancellationToken);
                byte[] passed = new byte[ReadAtOnce];
                while (await source.ReadAsync(passed, cancellationToken) > 0)
                {
                    // Reading is the check.
                }
            }
        }
    }
}
