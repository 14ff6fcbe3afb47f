using System.Runtime.CompilerServices;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Queries;

internal static class RejectsReader
{
    /// <summary>Reads the rejects of a pipeline's run, in the order of the input.</summary>
    /// <returns>Each reject with the file that it is in; <see langword="null"/> where that was not recorded.</returns>
    public static async IAsyncEnumerable<(string? File, RejectedRecord Reject)> ReadAsync(
        NpgsqlDataSource source,
        StagingTables tables,
        string pipeline,
        Guid runId,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        await using NpgsqlCommand command = SqlText.Of($"""
            select source_file, line, byte_offset, column_name, reason_code, message, raw_record
            from {tables.Rejects} where pipeline = $1 and run_id = $2 order by batch, byte_offset, line
            """).On(connection, SqlValue.Of(pipeline), SqlValue.Of(runId));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return (
                reader.GetValue(0) as string,
                new RejectedRecord(
                    reader.GetInt64(1),
                    reader.GetInt64(2),
                    reader.GetValue(3) as string,
                    reader.GetString(4),
                    reader.GetString(5),
                    reader.GetString(6)));
        }
    }
}
