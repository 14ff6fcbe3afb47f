using System.Text.RegularExpressions;
using Recon.Testing;

namespace Recon.Cli.Tests.Support;

/// <summary>What two pipelines of the demo published, with rejects and counts, so that it can be compared as one text.</summary>
internal static partial class PublishedContent
{
    public static IReadOnlyList<string> Pipelines { get; } = ["companies", "communications"];

    private const string ContentSql = """
        select (select string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, e'\n' order by legacy_company_id collate "C")
                from staging.companies_reconciliation t)
            || e'\n' ||
            (select string_agg((to_jsonb(t) - 'run_id' - 'last_updated')::text, e'\n' order by legacy_communication_id collate "C")
                from staging.communications_reconciliation t)
        """;

    private const string RejectsSql = """
        select string_agg((to_jsonb(r) - 'run_id')::text, e'\n' order by pipeline, byte_offset, line)
        from staging.reconciliation_rejects r
        """;

    // Of the runs whose result is published, in log and ledger.
    private const string CountsSql = """
        select string_agg(line, e'\n' order by line) from (
            select concat_ws(' ', l.pipeline, l.outcome, l.read, l.staged, l.matched, l.unmatched, l.ambiguous, l.conflict, l.folded,
                l.filtered, l.rejected, l.with_changes, '|', count(*), sum(g.read), sum(g.staged), sum(g.folded), sum(g.filtered),
                sum(g.rejected)) as line
            from staging.reconciliation_log l join staging.reconciliation_ledger g using (run_id, pipeline)
            where (l.pipeline, l.run_id) in (
                select 'companies', run_id from staging.companies_reconciliation
                union all select 'communications', run_id from staging.communications_reconciliation)
            group by l.run_id, l.pipeline) t
        """;

    private const string LeftoversSql = """
        select (select count(*) from pg_class where relnamespace = 'staging'::regnamespace and relkind = 'r'
                and relname ~ '__[0-9a-f]{12}$' and not relispartition
                and relname not in (select former_table from staging.reconciliation_log where former_table is not null))
            + (select count(*) from staging.reconciliation_log where attempt_table is not null or outcome = 'running')
        """;

    public static async Task<string> ReadAsync(TestDatabase database) => string.Join(
        "\n\n",
        await database.QueryValueAsync<string>(CountsSql),
        await database.QueryValueAsync<string>(RejectsSql),
        await database.QueryValueAsync<string>(ContentSql));

    /// <summary>Requires the content of an undisturbed run, and that nothing of the others is left.</summary>
    public static async Task RequireAsync(TestDatabase database, string golden, string what)
    {
        string seen = await ReadAsync(database);
        Assert.True(seen == golden, $"{what}: other content than that of an undisturbed run:\n{Difference(golden, seen)}");
        Assert.True(await database.QueryValueAsync<long>(LeftoversSql) == 0, $"{what}: attempts were left behind");
    }

    /// <summary>A folder with both files, whose communications are read in a hundred batches.</summary>
    public static TempFolder SmallBatches()
    {
        var folder = TempFolder.WithDefinition();
        folder.AddBronze("Bronze_Company.csv");
        folder.AddBronze("Bronze_Communication.csv");
        string definition = folder.File("pipeline.json");
        File.WriteAllText(definition, BatchRows().Replace(File.ReadAllText(definition), "\"batch\", \"rows\": 100"));
        return folder;
    }

    private static string Difference(string golden, string seen) => string.Join(
        '\n',
        golden.Split('\n').Except(seen.Split('\n')).Take(5).Select(line => "- " + line)
            .Concat(seen.Split('\n').Except(golden.Split('\n')).Take(5).Select(line => "+ " + line)));

    [GeneratedRegex("\"batch\",[^}]*\"rows\": [0-9]+")]
    private static partial Regex BatchRows();
}
