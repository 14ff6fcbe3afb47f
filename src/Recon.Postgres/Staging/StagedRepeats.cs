using System.Runtime.CompilerServices;
using System.Text.Json;
using Npgsql;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff.Repeats;
using Recon.Postgres.Catalog;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Staging;

/// <summary>Reads the rows of a table whose legacy id occurs more than once, group by group, through a cursor.</summary>
internal sealed class StagedRepeats(StagingTables tables, ValidPipeline pipeline, SourceColumns columns, RowLayout layout)
{
    private readonly List<(string Name, string LegacyColumn, string HubspotColumn)> _parents = [.. ParentColumns(pipeline)];

    /// <summary>Reads them as they are now; changes that are made meanwhile are not seen.</summary>
    /// <param name="connection">The connection, in a transaction; it may be used between two rows.</param>
    /// <returns>The rows: those of one id together, in the order of their content.</returns>
    public async IAsyncEnumerable<StagedRepeat> ReadAsync(
        NpgsqlConnection connection, SqlTable table, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Named like the table: Npgsql prepares statements that recur, and a prepared FETCH would expect the columns of the first
        // cursor of its name, which another pipeline's has not.
        SqlName cursor = table.Name;
        var id = new SqlName(pipeline.Stage.LegacyId);
        SqlText properties = StagingView.LegacyProperties(tables, layout, new SqlName("t"));
        IEnumerable<SqlText> parents = _parents.Select(parent => SqlText.Of($", {new SqlName(parent.HubspotColumn)}::text"));
        await SqlText.Of($"""
            set local cursor_tuple_fraction = 1;
            declare {cursor} no scroll cursor for
            select {id}, ctid::text, ({properties})::text, reconciliation_status, properties_to_update::text,
                notes, source_file, source_line{SqlText.Join("", parents)}
            from {table} t where {id} in (select {id} from {table} group by 1 having count(*) > 1)
            order by {id} collate "C", ({properties})::text collate "C", source_file collate "C" nulls first, source_line
            """).ExecuteAsync(connection, cancellationToken);
        SqlText next = SqlText.Of($"fetch forward 500 from {cursor}");
        while (await next.ListAsync(connection, Read, cancellationToken) is { Count: > 0 } rows)
        {
            foreach (StagedRepeat row in rows)
            {
                yield return row;
            }
        }

        await SqlText.Of($"close {cursor}").ExecuteAsync(connection, cancellationToken);
    }

    // The parents whose HubSpot id is staged, with the column of the file that holds their legacy id.
    private static IEnumerable<(string Name, string LegacyColumn, string HubspotColumn)> ParentColumns(ValidPipeline pipeline)
        => from lookup in pipeline.Lookups
           where lookup.Role == LookupRole.Parent
           let staged = pipeline.Stage.Columns.FirstOrDefault(column => column.ParentHubspotId == lookup.Label)
           where staged is not null
           select (lookup.Label, lookup.From, staged.Name);

    private StagedRepeat Read(NpgsqlDataReader reader)
    {
        string properties = reader.GetString(2);
        using JsonDocument legacy = JsonDocument.Parse(properties);
        List<(string Name, string LegacyId, string? HubspotId)> parents = [];
        int column = 8;
        foreach ((string name, string legacyColumn, _) in _parents)
        {
            string? hubspotId = reader.IsDBNull(column) ? null : reader.GetString(column);
            column++;
            string spelled = columns.Names[columns.IndexOf(legacyColumn)];
            if (legacy.RootElement.TryGetProperty(spelled, out JsonElement parent))
            {
                parents.Add((name, parent.GetString()!, hubspotId));
            }
        }

        return new StagedRepeat(
            reader.GetString(0),
            reader.GetString(1),
            properties,
            reader.GetString(3),
            reader.GetString(4),
            reader.IsDBNull(5) ? null : reader.GetString(5),
            RepeatComparer.PlaceOf(reader.IsDBNull(6) ? null : reader.GetString(6), reader.GetInt64(7)),
            parents);
    }
}

internal sealed record StagedRepeat(
    string LegacyId,
    string Ctid,
    string LegacyProperties,
    string Status,
    string Updates,
    string? Notes,
    string Place,
    IReadOnlyList<(string Name, string LegacyId, string? HubspotId)> Parents);
