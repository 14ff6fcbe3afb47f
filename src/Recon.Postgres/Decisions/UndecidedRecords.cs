using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;

namespace Recon.Postgres.Decisions;

/// <summary>Reads the records of a published result about which somebody has to decide, and nobody has.</summary>
internal sealed partial class UndecidedRecords(StagingTables tables, ValidPipeline pipeline)
{
    /// <summary>The statuses of which a machine does not decide.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["ambiguous", "conflict", "unmatched"];

    /// <summary>Reads them in the order of their ids.</summary>
    /// <exception cref="StagingException">There is no result.</exception>
    public async IAsyncEnumerable<UndecidedRecord> ReadAsync(
        NpgsqlConnection connection, IReadOnlyList<string> statuses, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StagedTable table = await StagedTable.RequireAsync(connection, tables, pipeline.Stage, cancellationToken);
        var key = new SqlName(pipeline.Stage.LegacyId);
        await using NpgsqlCommand command = SqlText.Of($"""
            select {key}, reconciliation_status, notes, legacy_properties::text from {table.Published} t
            where reconciliation_status = any($1)
                and not exists (select 1 from {tables.Decisions} d where d.pipeline = $2 and d.legacy_id = t.{key})
            order by {key} collate "C"
            """).On(connection, SqlValue.Of([.. statuses]), SqlValue.Of(pipeline.Name));
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            string? notes = reader[2] as string;
            yield return new UndecidedRecord(
                reader.GetString(0), reader.GetString(1), CandidatesOf(notes), notes, RecordHash.Of(StagedRecord.ValuesOf(reader.GetString(3))));
        }
    }

    // As the matcher and the claims write them.
    private static string[] CandidatesOf(string? notes)
    {
        Match found = Several().Match(notes ?? "");
        return found.Success ? found.Groups["ids"].Value.Split(", ") : Claimed().Match(notes ?? "") is { Success: true } claimed ? [claimed.Groups["id"].Value] : [];
    }

    [GeneratedRegex("^[0-9]+ HubSpot records by [^:]+: (?<ids>[0-9]+(, [0-9]+)*)")]
    private static partial Regex Several();

    [GeneratedRegex("^HubSpot record (?<id>[0-9]+) is claimed by ")]
    private static partial Regex Claimed();
}
