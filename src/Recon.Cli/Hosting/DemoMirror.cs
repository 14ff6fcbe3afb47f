using Npgsql;
using Recon.Samples;

namespace Recon.Cli.Hosting;

/// <summary>
/// Loads the demo HubSpot mirror into the embedded server on first use. Everything is one transaction: a kill in the
/// middle leaves nothing, and the next start loads again.
/// </summary>
internal static class DemoMirror
{
    /// <summary>Loads the mirror unless schema <c>hubspot</c> exists.</summary>
    public static async Task EnsureAsync(NpgsqlDataSource source, Action<string> say, CancellationToken cancellationToken)
    {
        await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellationToken);
        if (await ExistsAsync(connection, cancellationToken))
        {
            return;
        }

        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtextextended('recon demo mirror', 0))", cancellationToken);
        if (await ExistsAsync(connection, cancellationToken))
        {
            return;
        }

        say("First use: loading the demo HubSpot mirror into the embedded PostgreSQL.");
        await ExecuteAsync(connection, MirrorSchema.CreateSql, cancellationToken);
        var generator = new SampleGenerator(SampleOptions.Demo);
        foreach (SampleTable table in MirrorSchema.Tables)
        {
            await using NpgsqlCopyTextWriter copy = await connection.BeginTextImportAsync(table.CopySql, cancellationToken);
            await generator.WriteMirrorAsync(table, copy.BaseStream, cancellationToken);
        }

        await ExecuteAsync(connection, MirrorSchema.IndexSql, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Not to_regnamespace: its cache would still say "no" to who waited while another loaded.
        await using var command = new NpgsqlCommand("select exists (select from pg_namespace where nspname = 'hubspot')", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants of this assembly.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
