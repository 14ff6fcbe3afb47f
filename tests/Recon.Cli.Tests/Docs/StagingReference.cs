using System.Globalization;
using System.Text;
using Npgsql;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

/// <summary>The staging schema of a database as Markdown.</summary>
internal sealed class StagingReference(TestDatabase database)
{
    // What a table has a row for; a table that is missing here fails the test.
    private static readonly Dictionary<string, string> s_rows = new()
    {
        ["companies_reconciliation"] = "The result of the pipeline: a row for each legacy id.",
        ["contacts_reconciliation"] = "The result of the pipeline: a row for each legacy id.",
        ["deals_reconciliation"] = "The result of the pipeline: a row for each legacy id.",
        ["communications_reconciliation"] = "The result of the pipeline: a row for each legacy id.",
        ["reconciliation_log"] = "A row for each run and pipeline.",
        ["reconciliation_ledger"] = "A row for each committed batch of a run.",
        ["reconciliation_rejects"] = "A row for each rejected record ([codes](reasons.md#rejected-records)).",
        ["reconciliation_lease"] = "A row for each pipeline that a run holds, with its progress.",
        ["reconciliation_job"] = "A row for each run that several processes share ([scale-out](../scale-out.md)).",
        ["reconciliation_split"] = "A row for each part of its input that such a run has handed out, and to whom.",
        ["reconciliation_hashes"] = "What is known of the published rows, so that a run writes only what differs.",
        ["reconciliation_history"] = "Rows that runs replaced singly, for `recon diff`.",
        ["reconciliation_names"] = "Texts that the other tables name by number.",
        ["reconciliation_decisions"] = "A row for each record that somebody decided about ([decisions](../decisions.md)).",
        ["reconciliation_decision_history"] = "Every decision that was made or undone.",
        ["reconciliation_audit"] = "A row for each record of a sample that somebody judged.",
        ["push_plan"] = "A row for each plan ([push](../push.md)).",
        ["push_item"] = "A row for each record of a plan.",
        ["push_approval"] = "A row for each approval or rejection.",
        ["push_link"] = "A row for each association of a plan.",
        ["push_portal"] = "A row for each HubSpot account that was written to.",
    };

    /// <summary>Makes the page's sections.</summary>
    public async Task<string> WriteAsync()
    {
        List<(string Table, string Column, string Type, bool IsRequired, bool IsKey)> columns = await ColumnsAsync();
        string[] tables = [.. columns.Select(column => column.Table).Distinct()];
        Assert.Empty(tables.Except(s_rows.Keys));
        var text = new StringBuilder();
        foreach (string table in s_rows.Keys.Where(tables.Contains))
        {
            text.Append(CultureInfo.InvariantCulture, $"## {table}\n\n{s_rows[table]}\n\n| column | type | |\n|---|---|---|\n");
            foreach ((_, string column, string type, bool isRequired, bool isKey) in columns.Where(column => column.Table == table))
            {
                text.Append(CultureInfo.InvariantCulture, $"| `{column}` | `{type}` | {(isKey ? "key" : isRequired ? "never null" : "")} |\n");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private async Task<List<(string Table, string Column, string Type, bool IsRequired, bool IsKey)>> ColumnsAsync()
    {
        const string Query = """
            select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey))
            from pg_class c join pg_attribute a on a.attrelid = c.oid
            where c.relnamespace = 'staging'::regnamespace and c.relkind in ('r', 'v', 'p') and a.attnum > 0 and not a.attisdropped
                and c.relname not like '%\_rows' and c.relname not like '%\_\_%'
            order by c.relname, a.attnum
            """;
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(database.ConnectionString);
        await using NpgsqlCommand command = source.CreateCommand(Query);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        List<(string, string, string, bool, bool)> columns = [];
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
            columns.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.GetBoolean(4)));
        }

        return columns;
    }
}
