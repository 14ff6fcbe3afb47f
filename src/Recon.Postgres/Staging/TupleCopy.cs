using Npgsql;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>Sends tuples that are encoded already.</summary>
internal static class TupleCopy
{
    /// <param name="sql">A COPY in the binary format.</param>
    /// <param name="pieces">The tuples.</param>
    public static async Task SendAsync(
        NpgsqlConnection connection, string sql, IEnumerable<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        NpgsqlRawCopyStream copy = await connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
        try
        {
            await copy.WriteAsync(BinaryCopyBuffer.Header.ToArray(), cancellationToken);
            foreach (ReadOnlyMemory<byte> piece in pieces)
            {
                await copy.WriteAsync(piece, cancellationToken);
            }

            await copy.WriteAsync(BinaryCopyBuffer.Trailer.ToArray(), cancellationToken);
        }
        catch
        {
            // Disposing would complete the COPY; cancelling lets the first exception through.
            await CancelQuietlyAsync(copy);
            throw;
        }

        await copy.DisposeAsync();
    }

    private static async Task CancelQuietlyAsync(NpgsqlRawCopyStream copy)
    {
        try
        {
            await copy.CancelAsync();
        }
#pragma warning disable CA1031 // The connection is already broken; the exception that broke it is on its way up.
        catch (Exception)
#pragma warning restore CA1031
        {
            return;
        }
    }
}
