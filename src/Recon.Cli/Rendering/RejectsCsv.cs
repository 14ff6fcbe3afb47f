using System.Globalization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Dataflow.Batches;
using Recon.HubSpot.Updates;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Cli.Rendering;

/// <summary>
/// Writes the rejects of a run as CSV for people: every cell quoted, and a cell that a spreadsheet would take for a
/// formula starts with an apostrophe.
/// </summary>
internal sealed class RejectsCsv(TextWriter writer, bool mask) : IAsyncDisposable
{
    /// <summary>Creates a file, for its owner only, and writes the header.</summary>
    public static async Task<RejectsCsv> CreateAsync(string path, bool mask)
    {
#pragma warning disable CA2000 // The object that is returned owns it.
        var csv = new RejectsCsv(OwnerOnlyFile.Create(path), mask);
#pragma warning restore CA2000
        await csv.WriteAsync(["pipeline", "file", "line", "byte_offset", "column", "reason", "message", "raw_record"]);
        return csv;
    }

    /// <summary>Writes the rejects of a pipeline's run.</summary>
    public async Task<long> WriteAsync(
        NpgsqlDataSource source, StagingTables tables, string pipeline, Guid runId, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlCommand command = SqlText.Of($"""
            select pipeline, source_file, line::text, byte_offset::text, column_name, reason_code, message, raw_record
            from {tables.Rejects} where pipeline = $1 and run_id = $2 order by batch, byte_offset, line
            """).On(connection, SqlValue.Of(pipeline), SqlValue.Of(runId));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        long count = 0;
        var cells = new string?[8];
        while (await reader.ReadAsync(cancellationToken))
        {
            for (int i = 0; i < cells.Length; i++)
            {
                cells[i] = reader.GetValue(i) as string;
            }

            cells[7] = mask ? Mask.Of(cells[7]) : cells[7];
            await WriteAsync(cells);
            count++;
        }

        return count;
    }

    /// <summary>Writes a reject that is in no table.</summary>
    public Task WriteAsync(string pipeline, string file, RejectedRecord reject) => WriteAsync(
    [
        pipeline,
        file,
        reject.Line.ToString(CultureInfo.InvariantCulture),
        reject.ByteOffset.ToString(CultureInfo.InvariantCulture),
        reject.Column,
        reject.Reason,
        reject.Message,
        mask ? Mask.Of(reject.Raw) : reject.Raw,
    ]);

    /// <summary>Hands everything so far to the file, so that a full disk shows now.</summary>
    public Task FlushAsync() => writer.FlushAsync();

    /// <summary>Completes the file.</summary>
    public ValueTask DisposeAsync() => writer.DisposeAsync();

    private Task WriteAsync(IEnumerable<string?> cells) => writer.WriteAsync(string.Join(',', cells.Select(CsvCell.Quoted)) + "\r\n");
}
