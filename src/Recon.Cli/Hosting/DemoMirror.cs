using Npgsql;
using Recon.Postgres.Catalog;
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
        await SqlText.Of($"select pg_advisory_xact_lock(hashtextextended('recon demo mirror', 0))")
            .ExecuteAsync(connection, cancellationToken);
        if (await ExistsAsync(connection, cancellationToken))
        {
            return;
        }

        say("First use: loading the demo HubSpot mirror into the embedded PostgreSQL.");
        // Both scripts are constants of Recon.Samples, which knows no database.
        await SqlText.Trusted(MirrorSchema.CreateSql).ExecuteAsync(connection, cancellationToken);
        var generator = new SampleGenerator(SampleOptions.Demo);
        foreach (SampleTable table in MirrorSchema.Tables)
        {
            await using NpgsqlCopyTextWriter copy = await connection.BeginTextImportAsync(table.CopySql, cancellationToken);
            await generator.WriteMirrorAsync(table, copy.BaseStream, cancellationToken);
        }

        await SqlText.Trusted(MirrorSchema.IndexSql).ExecuteAsync(connection, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // Not to_regnamespace: its cache would still say "no" to who waited while another loaded.
        await using var command = new NpgsqlCommand("select exists (select from pg_namespace where nspname = 'hubspot')", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
