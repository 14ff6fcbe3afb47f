using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Extract;

/// <summary>A file that is open, with its header read: the next record is the first one of data.</summary>
internal sealed record SourceStart(Utf8Source Source, RecordReader Records, HeaderMap Header)
{
    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="InputException">The file is empty, or its header cannot be used.</exception>
    public static async ValueTask<SourceStart> OpenAsync(
        SourceFile file, CsvBlockDefinition csv, SourceColumns columns, BatchReaderOptions options,
        CancellationToken cancellationToken)
    {
        Utf8Source source = await Utf8Source.OpenAsync(
            file, options.StandardInput, csv, cancellationToken);
#pragma warning disable CA2000 // The result owns it; when there is none, it is disposed below.
        RecordReader records = new(source, CsvDialect.Of(csv), csv.MaxRecordBytes, options.WindowBytes);
#pragma warning restore CA2000
        try
        {
            await records.FillAsync(cancellationToken);
            IReadOnlyList<string> names = csv.Header
                ? await ReadHeaderAsync(file, records, csv, columns, cancellationToken)
                : csv.Columns ?? throw new InputException("\"header\" is false, so \"columns\" has to name the columns.");
            if (records.IsEmpty)
            {
                throw new InputException($"{file.Name} is empty. Export it again; to reconcile no records, leave the header in.");
            }

            return new SourceStart(source, records, HeaderMap.Make(file.Name, names, csv, columns, options.OptionalColumns));
        }
        catch
        {
            await records.DisposeAsync();
            throw;
        }
    }

    private static async ValueTask<IReadOnlyList<string>> ReadHeaderAsync(
        SourceFile file, RecordReader records, CsvBlockDefinition csv, SourceColumns columns, CancellationToken cancellationToken)
    {
        RecordStatus status;
        while ((status = records.TryNext()) == RecordStatus.NeedMore)
        {
            await records.FillAsync(cancellationToken);
        }

        return status switch
        {
            RecordStatus.End => throw new InputException(
                $"{file.Name} is empty. Export it again; to reconcile no records, leave the header in."),
            RecordStatus.Malformed => throw new InputException(HeaderMap.DelimiterHint(file.Name, records.Raw, csv, columns)
                ?? $"{file.Name}: the header, on line {records.Line}, cannot be read. {records.Message}"),
            _ => [.. Enumerable.Range(0, records.FieldCount).Select(index => Encoding.UTF8.GetString(records.Field(index)))],
        };
    }
}
