using System.Net;
using System.Net.Sockets;
using System.Text;
using Recon.Cli.Tests.Support;
using Recon.Testing;

namespace Recon.Cli.Tests.Docs;

public sealed class GuideDocumentTests(PostgresServer server) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recon-guide-").FullName;

    [Fact]
    public async Task Guide_EveryCapability_HasItsCommandAndOutput()
    {
        await using TestDatabase database = await DemoDatabase.CreateAsync(server);
        using var service = new TcpListener(IPAddress.Loopback, 0);
        service.Start();
        Dictionary<string, string> environment = new()
        {
            ["RECON_WORKFLOW_BASE"] = $"http://127.0.0.1:{((IPEndPoint)service.LocalEndpoint).Port}",
            ["RECON_WORKFLOW_WORKSPACE"] = "my-workspace",
            ["RECON_WORKFLOW_COMPANIES"] = "companies-by-legacy-id",
            ["RECON_WORKFLOW_CONTACTS"] = "contacts-by-company",
            ["RECON_WORKFLOW_DEALS"] = "deals-by-stage",
            ["RECON_WORKFLOW_TOKEN"] = "not-shown",
        };
        var page = new GuideDocument(database, _folder, environment);
        await WriteAsync(page, database, service, environment);

        string path = Path.Combine(Repository.Root, "docs", "from-the-python-guide.md");
        string text = page.ToString().TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("RECON_ACCEPT") == "1")
        {
            await File.WriteAllTextAsync(path, text);
        }

        Assert.Equal(await File.ReadAllTextAsync(path), text);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task WriteAsync(
        GuideDocument page, TestDatabase database, TcpListener service, Dictionary<string, string> environment)
    {
        page.Section(0, """
            # From the Python guide to recon

            Every component of the Python system that recon replaces, with the command that does its work and what that says on
            the shipped sample. A test runs the commands and compares this page (`RECON_ACCEPT=1` writes it), so it cannot go
            stale. Times, run ids, ports and the database's name are made equal; long outputs are cut.

            | guide | here |
            |---|---|
            | 1 PostgreSQL connection manager | one pool per kind of work, retries, [`recon sql --execute`](#1-postgresql-connection-manager) |
            | 2 staging schema manager | [`recon setup`, `stats`, `clear`](#2-staging-schema-manager); running again never conflicts |
            | 3 property mapping configuration | `pipeline.json`, [`recon mapping`](#3-property-mapping-configuration) |
            | 4 reconciliation query builder | [`recon sql`](#4-reconciliation-query-builder) |
            | 5 workflow API client | [`recon workflow`](#5-workflow-api-client) |
            | 6 orchestrator | [`recon run`, `log`](#6-orchestrator), and the library: [examples](examples) |
            | step 2, bronze load | [`recon load`](#step-2-load-the-bronze-layer) |
            | step 4, review | [`recon show`](#step-4-review), `recon explain` |
            | step 5, export | [`recon export`](#step-5-export) |
            | property filter rules | `where` of a lookup, see the mirror's conditions in [`recon sql`](#4-reconciliation-query-builder) |
            | troubleshooting | [its situations](#troubleshooting) |
            | `examples/` | [`docs/examples/*.cs`](examples), run by `dotnet run FILE` |
            """);
        await SetupAsync(page);
        page.Section(3, "## 3 Property mapping configuration\n\n`get_object_mapping`, `get_hubspot_properties`: the mapping is in `pipeline.json`; `--json` gives it to scripts.");
        await page.RunAsync(0, "mapping", "companies");
        await RunsAsync(page);
        page.Section(7, "## Step 2: load the bronze layer\n\n`load_bronze_csv_to_postgres`: all columns as text, in one transaction. The guide's SQL works on the table, as column names need no quotes.");
        await page.RunAsync(0, "load", "companies");
        page.Section(4, "## 4 Reconciliation query builder\n\n`build_match_query` and its like: the SQL is printed to be run in psql, or run with `--execute`. On the sample, match and unmatched give the ids that the pipeline stages; a test compares them.");
        await page.RunAsync(0, "sql", "companies", "unmatched", "--limit", "3");
        await page.RunAsync(0, "sql", "companies", "match", "--limit", "3", "--execute");
        await page.RunAsync(0, "sql", "companies", "updates", "--limit", "2", "--execute", "--format", "csv");
        page.Section(1, "## 1 PostgreSQL connection manager\n\n`execute_query`, `execute_query_df`: rows as a table, CSV or JSON, read-only.");
        await page.RunAsync(0, "check", "companies");
        await page.RunAsync(0, "sql", "companies", "stats", "--execute");
        await page.RunAsync(0, "sql", "companies", "stats", "--execute", "--format", "json");
        await WorkflowAsync(page, service, environment);
        page.Section(8, "## Step 4: review");
        await page.RunAsync(0, "show", "companies", "--status", "ambiguous");
        await page.RunAsync(0, "explain", "companies", "1089");
        page.Section(9, "## Step 5: export\n\nFiles of at most 100 inputs for HubSpot's batch update, a manifest, and an undo pack that puts back what HubSpot held.");
        await page.RunAsync(0, "export", "companies", "--out", "OUT/companies");
        await page.RunAsync(0, "export", "companies", "--format", "csv", "--property", "domain,type");
        await TroubleAsync(page, database);
    }

    private static async Task SetupAsync(GuideDocument page)
    {
        page.Section(2, "## 2 Staging schema manager\n\n`create_all_staging_tables`, `get_staging_table_stats`, `clear_staging_table`: creating twice does nothing.");
        await page.RunAsync(0, "setup");
        await page.RunAsync(0, "setup");
    }

    private static async Task RunsAsync(GuideDocument page)
    {
        page.Section(6, "## 6 Orchestrator\n\n`reconcile_companies`, `reconcile_all`, with limits. `recon run` without names runs all objects.");
        await page.RunAsync(0, "run", "companies", "--limit", "100");
        await page.RunAsync(0, "run");
        await page.RunAsync(0, "stats", "companies");
        await page.RunAsync(0, "log", "--limit", "5");
    }

    private static async Task WorkflowAsync(
        GuideDocument page, TcpListener service, Dictionary<string, string> environment)
    {
        page.Section(5, "## 5 Workflow API client\n\n`query_contacts`, `query_by_icalps_id`: any option is a parameter of the query. The token stays in its variable.");
        string local = environment["RECON_WORKFLOW_BASE"];
        environment["RECON_WORKFLOW_BASE"] = "https://workflows.example.com";
        await page.RunAsync(0, "workflow", "contacts", "--company", "ACME", "--curl");
        environment["RECON_WORKFLOW_BASE"] = local;
        Task answering = AnswerAsync(service, """{"rows":[{"hs_object_id":5001,"icalps_company_id":"123","name":"ACME"}]}""");
        await page.RunAsync(0, "workflow", "companies", "--icalps-company-id", "123");
        await answering;
        answering = AnswerAsync(service, "[]");
        await page.RunAsync(0, "workflow", "deals", "--dealstage", "Negotiating", "--format", "json");
        await answering;
    }

    private static async Task TroubleAsync(GuideDocument page, TestDatabase database)
    {
        page.Section(10, "## Troubleshooting\n\n### Staging table conflicts\n\nA run replaces the previous result in one step, so running again needs no clearing.");
        await page.RunAsync(0, "run", "companies");
        await page.RunAsync(0, "clear", "companies", "--yes");
        page.Write("### Connection fails");
        await page.RunAsync(4, "run", "companies", "--postgres", "Host=127.0.0.1;Port=1;Username=recon;Database=crm");
        page.Write("### Column icalps_* not found");
        await database.ExecuteAsync("alter table hubspot.companies rename column icalps_company_id to icalps_companyid");
        await page.RunAsync(2, "run", "companies");
        await database.ExecuteAsync("alter table hubspot.companies rename column icalps_companyid to icalps_company_id");
        page.Write("### No matches found");
        await database.ExecuteAsync("update hubspot.companies set icalps_company_id = null");
        await page.RunAsync(0, "run", "companies");
    }

    private static async Task AnswerAsync(TcpListener service, string body)
    {
        using TcpClient client = await service.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using NetworkStream stream = client.GetStream();
        _ = await stream.ReadAsync(new byte[8192]);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}"));
    }
}
