using System.Text;
using Npgsql;
using Recon.Dataflow;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;
using Recon.Postgres.Catalog;
using Recon.Postgres.Runs.Gates;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Bronze;

internal sealed record BronzeRequest
{
    public required ValidDefinition Definition { get; init; }

    public required ValidPipeline Pipeline { get; init; }

    public required string BaseDirectory { get; init; }

    /// <summary>Where addresses of objects lead; <see langword="null"/> (the default) where this program reads none.</summary>
    public IObjectStore? Objects { get; init; }

    /// <summary>A file to read instead of the pipeline's own, relative to the current folder, or the address of an object.</summary>
    public string? Input { get; init; }

    /// <summary><c>schema.table</c>. Default: <c>bronze.PIPELINE</c>.</summary>
    public string? Table { get; init; }

    /// <summary>Rejects above which nothing is loaded, in place of the definition's.</summary>
    public string? MaxRejects { get; init; }
}

/// <summary>What was loaded. <c>read = loaded + rejected</c>.</summary>
/// <param name="Warnings">What people should know about the files.</param>
internal sealed record BronzeResult(
    SqlTable Table,
    IReadOnlyList<string> Columns,
    long Read,
    long Loaded,
    long Rejected,
    IReadOnlyDictionary<string, long> ByReason,
    IReadOnlyList<string> Warnings,
    TimeSpan Elapsed);

/// <summary>
/// Loads a pipeline's files into a table of PostgreSQL: all columns, as text, in one transaction by binary COPY. Null
/// spellings stay as they are, filters do not apply; malformed records and those without an id are rejected as in a run.
/// </summary>
internal static class BronzeLoader
{
    /// <summary>Loads. A table that recon loaded before is replaced; no other one is touched.</summary>
    /// <param name="onReject">Receives each rejected record, in order; the transaction may still fail afterwards.</param>
    /// <exception cref="BronzeException">The table is in the way or cannot be written.</exception>
    /// <exception cref="InputException">The files cannot be used.</exception>
    /// <exception cref="GateException">Too many records are malformed; nothing was loaded.</exception>
    public static async Task<BronzeResult> LoadAsync(
        NpgsqlDataSource source,
        BronzeRequest request,
        Func<SourceFile, RejectedRecord, ValueTask>? onReject,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        SqlTable table = BronzeTable.Of(request.Definition, request.Pipeline, request.Table);
        CsvBlockDefinition csv = Raw(request);
        var options = new BatchReaderOptions
        {
            BaseDirectory = request.BaseDirectory,
            AllowPathsOutside = request.Input is not null || request.Definition.AllowPathsOutside,
            Objects = request.Objects,
        };
        SourceHeader header = await SourceHeader.ReadAsync(csv, options, cancellationToken);
        SqlName[] columns = Columns(header);
        await using BatchReader reader = await BatchReader.OpenAsync(
            csv,
            request.Pipeline.Batch,
            request.Definition.Defaults with { Nulls = [] },
            new SourceColumns(header.Columns),
            options with { OptionalColumns = header.Optional },
            cancellationToken);
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await BronzeDdl.ReplaceAsync(connection, table, columns, cancellationToken);
        BatchCounts counts = await CopyAsync(connection, table, columns, reader, onReject, cancellationToken);
        if (reader.Mark is { } mark)
        {
            await mark.RequireUnchangedAsync(csv.Path, options, cancellationToken);
        }

        RequireFewRejects(counts, request.MaxRejects is { } given ? Limit.Parse(given) : request.Pipeline.Source.MaxRejects);
        long loaded = counts.Read - counts.Rejected;
        long rows = (long)(await SqlText.Of($"select count(*) from {table}").ScalarAsync(connection, cancellationToken))!;
        if (rows != loaded)
        {
            throw new BronzeException(
                $"{table.Display} has {rows} rows, but {counts.Read} records were read and {counts.Rejected} rejected. Nothing was loaded. This is a fault in recon; please report it.");
        }

        await SqlText.Of($"analyze {table}").ExecuteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new BronzeResult(
            table,
            [.. columns.Select(column => column.Value)],
            counts.Read,
            rows,
            counts.Rejected,
            counts.ByReason,
            reader.Warnings,
            clock.GetElapsedTime(started));
    }

    private static void RequireFewRejects(BatchCounts counts, Limit limit)
    {
        if (limit.IsExceededBy(counts.Rejected, counts.Read))
        {
            throw new GateException(
                $"{CountText.Show(counts.Rejected)} of {CountText.Show(counts.Read)} records were rejected, more than {limit} allows. "
                + "Nothing was loaded. Look at the rejects (--rejects FILE), fix the input, or allow more with --max-rejects.",
                []);
        }
    }

    // Everything that interprets records is switched off: the bronze layer holds what the file holds.
    private static CsvBlockDefinition Raw(BronzeRequest request)
    {
        CsvBlockDefinition csv = request.Pipeline.Csv;
        return csv with
        {
            Path = request.Input is { } input ? ObjectAddress.Absolute(input) : csv.Path,
            Exclude = [],
            IdType = IdType.Text,
            Nulls = [],
            NullsByColumn = new Dictionary<string, IReadOnlyList<string>>(),
        };
    }

    private static SqlName[] Columns(SourceHeader header)
    {
        SqlName[] columns = [.. header.Columns.Select(BronzeTable.Column)];
        if (columns.FirstOrDefault(column => Encoding.UTF8.GetByteCount(column.Value) > 63) is { Value: not null } tooLong)
        {
            throw new BronzeException(
                $"The column '{tooLong.Value}' has a name of more than 63 bytes, which PostgreSQL would cut. Rename it in the file.");
        }

        return columns.Length <= 1_600
            ? columns
            : throw new BronzeException($"The file has {columns.Length} columns; a table of PostgreSQL has at most 1,600.");
    }

    private static async Task<BatchCounts> CopyAsync(
        NpgsqlConnection connection,
        SqlTable table,
        SqlName[] columns,
        BatchReader reader,
        Func<SourceFile, RejectedRecord, ValueTask>? onReject,
        CancellationToken cancellationToken)
    {
        var counts = new BatchCounts();
        string copy = SqlText.Of(
            $"copy {table} ({SqlText.Names(columns.Select(column => column.Value))}) from stdin (format binary)").Text;
        await using NpgsqlRawCopyStream stream = await connection.BeginRawBinaryCopyAsync(copy, cancellationToken);
        await stream.WriteAsync(BinaryCopyBuffer.Header.ToArray(), cancellationToken);
        while (await reader.ReadAsync(cancellationToken) is { } batch)
        {
            using (batch)
            {
                counts.Add(batch.Counts);
                using BinaryCopyBuffer tuples = Encode(batch);
                await stream.WriteAsync(tuples.Bytes, cancellationToken);
                foreach (RejectedRecord reject in batch.Rejects)
                {
                    if (onReject is not null)
                    {
                        await onReject(reader.Files[batch.Range.File], reject);
                    }
                }
            }
        }

        await stream.WriteAsync(BinaryCopyBuffer.Trailer.ToArray(), cancellationToken);
        return counts;
    }

    private static BinaryCopyBuffer Encode(RecordBatch batch)
    {
        int columns = batch.Columns.Count;
        var tuples = new BinaryCopyBuffer(batch.RowCount, batch.ByteCount + (batch.RowCount * ((columns * 4) + 2)));
        for (int row = 0; row < batch.RowCount; row++)
        {
            tuples.BeginTuple((short)columns);
            for (int column = 0; column < columns; column++)
            {
                tuples.WriteTextOrNull(batch.Field(row, column));
            }

            tuples.EndTuple(row);
        }

        return tuples;
    }
}
