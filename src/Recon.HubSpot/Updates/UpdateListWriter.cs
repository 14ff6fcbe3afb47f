using System.Globalization;
using System.Text;
using Recon.Dataflow;
using Recon.Dataflow.Text;

namespace Recon.HubSpot.Updates;

/// <summary>Writes exports for people and scripts: as JSON lines or as CSV.</summary>
internal static class UpdateListWriter
{
    /// <summary>
    /// Writes one JSON object per record and line: <c>legacy_id</c>, <c>id</c>, <c>status</c>, <c>confidence</c>,
    /// <c>properties</c>, <c>previous</c>.
    /// </summary>
    public static async Task<long> WriteJsonLinesAsync(
        TextWriter writer, IAsyncEnumerable<ReconciledRecord> records, CancellationToken cancellationToken)
    {
        long count = 0;
        await foreach (ReconciledRecord record in records.WithCancellation(cancellationToken))
        {
            await writer.WriteAsync(Encoding.UTF8.GetString(UpdateJson.Line(UpdateLine.Of(record), LineJson.Default.UpdateLine).Span));
            count++;
        }

        return count;
    }

    /// <summary>
    /// Writes CSV: <c>legacy_id,hubspot_id,status,confidence,property,value,previous</c>, one line per changed property
    /// (one for a record without changes), safe for spreadsheets, see <see cref="CsvCell"/>.
    /// </summary>
    public static async Task<long> WriteCsvAsync(
        TextWriter writer, IAsyncEnumerable<ReconciledRecord> records, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(CsvCell.Line("legacy_id", "hubspot_id", "status", "confidence", "property", "value", "previous"));
        long count = 0;
        await foreach (ReconciledRecord record in records.WithCancellation(cancellationToken))
        {
            count++;
            string?[] start =
            [
                record.LegacyId,
                record.HubspotId?.ToString(CultureInfo.InvariantCulture),
                record.Status,
                record.Confidence?.ToString(CultureInfo.InvariantCulture),
            ];
            foreach ((string name, string value) in record.Updates.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                await writer.WriteAsync(CsvCell.Line([.. start, name, value, record.Previous.GetValueOrDefault(name)]));
            }

            if (record.Updates.Count == 0)
            {
                await writer.WriteAsync(CsvCell.Line([.. start, null, null, null]));
            }
        }

        return count;
    }

    /// <summary>Writes a file for its owner only: complete, or not at all.</summary>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <param name="write">Writes the content and gives the number of records.</param>
    /// <exception cref="ExportException">The file is in the way.</exception>
    public static async Task<long> ToFileAsync(string path, bool force, Func<TextWriter, Task<long>> write)
    {
        string target = Path.GetFullPath(path);
        if (Directory.Exists(target) || (File.Exists(target) && !force))
        {
            throw new ExportException(Directory.Exists(target)
                ? $"'{path}' is a folder. Name a file."
                : $"The file '{path}' exists. Name another one, or replace it by --force.");
        }

        string working = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
        try
        {
            long count;
            await using (var writer = new StreamWriter(Open()))
            {
                count = await write(writer);
            }

            File.Move(working, target, overwrite: force);
            return count;
        }
        finally
        {
            if (File.Exists(working))
            {
                File.Delete(working);
            }
        }

        FileStream Open()
        {
            try
            {
                return PrivateFile.Create(working);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new ExportException($"The file '{path}' cannot be written: {WorkingCopy.Why(exception, working, path)}");
            }
        }
    }
}
