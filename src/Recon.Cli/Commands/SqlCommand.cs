using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using Recon.Cli.Hosting;
using Recon.Cli.Rendering;
using Recon.Dataflow.Definition;
using Recon.Postgres.Bronze;
using Recon.Postgres.Catalog;
using Recon.Postgres.Queries;
using Recon.Postgres.Staging;

namespace Recon.Cli.Commands;

/// <summary><c>recon sql</c>: set-based SQL that asks the same questions as a pipeline.</summary>
internal static class SqlCommand
{
    private static readonly string[] s_kinds = ["match", "unmatched", "stats", "updates"];

    private static readonly Example[] s_examples =
    [
        new("recon sql companies stats", "Print the query that counts the staging table."),
        new("recon sql companies updates --execute --limit 20", "Run the query in a read-only transaction and show its rows."),
    ];

    public static Command Create(CommandBinder binder)
    {
        var name = CommonOptions.Pipeline();
        var kind = CommonOptions.Word(
            "query",
            "The query",
            "match or unmatched (the bronze table against the mirror; needs 'recon load'), stats or updates (the staging table).",
            s_kinds);
        var table = new Option<string>("--table") { Description = "The bronze table. Default: bronze.PIPELINE.", HelpName = "SCHEMA.TABLE" };
        var limit = new Option<int?>("--limit") { Description = "Maximum number of rows. Default: all.", HelpName = "N" };
        var execute = new Option<bool>("--execute") { Description = "Run the query in a read-only transaction and show its rows." };
        var format = CommonOptions.Choice("--format", "The format of --execute: table, csv or json. Default: table.", "FORMAT", RowsText.Formats);
        var command = new Command("sql", "Print (or run) set-based SQL that answers the same question as the pipeline.")
        {
            name, kind, table, limit, execute, format,
        };
        return binder.Bind(command, s_examples, (parse, invocation) => RunAsync(
            invocation,
            parse.GetRequiredValue(name),
            new SqlArguments(
                parse.GetRequiredValue(kind),
                parse.GetValue(table),
                parse.GetValue(limit),
                parse.GetValue(execute),
                invocation.Json ? "json" : parse.GetValue(format) ?? "table")));
    }

    private static async Task<int> RunAsync(Invocation invocation, string name, SqlArguments arguments)
    {
        if (arguments.Limit < 1)
        {
            throw new UsageException("--limit takes a number of rows, at least 1.");
        }

        DefinitionReading reading = invocation.ReadDefinition();
        ValidPipeline pipeline = Invocation.Select(reading.Definition!, [name])[0];
        CancellationToken token = invocation.Context.Signals.StopReading;
        await using ServerConnection server = await ServerConnection.OpenAsync(invocation, reading, token);
        await using NpgsqlConnection connection = await server.Sources.Control.OpenConnectionAsync(token);
        SqlText query = await BuildAsync(connection, reading.Definition!, pipeline, arguments, token);
        string[] omissions = [.. ReconciliationSql.Omissions(reading.Definition!, pipeline, arguments.Kind)];
        foreach (string omission in omissions)
        {
            invocation.Note($"{pipeline.Name} {arguments.Kind}: {omission}");
        }

        string text = query.Text.ReplaceLineEndings("\n") + ";\n";
        if (!arguments.Execute && invocation.Json)
        {
            invocation.Text(JsonText.Of(new SqlDocument(pipeline.Name, arguments.Kind, text, omissions), SqlJson.Default.SqlDocument));
            return ExitCodes.Done;
        }

        if (!arguments.Execute)
        {
            await invocation.Context.BeginData().WriteAsync(text);
            return ExitCodes.Done;
        }

        List<JsonElement> rows = [];
        await foreach (string row in QueryRunner.RunAsync(connection, query, token))
        {
            using JsonDocument document = JsonDocument.Parse(row);
            rows.Add(document.RootElement.Clone());
        }

        await RowsText.WriteAsync(arguments.Format, rows, invocation.Context);
        return ExitCodes.Done;
    }

    private static async Task<SqlText> BuildAsync(
        NpgsqlConnection connection, ValidDefinition definition, ValidPipeline pipeline, SqlArguments arguments, CancellationToken token)
    {
        var tables = new StagingTables(definition.Staging.Schema);
        if (arguments.Kind is "stats" or "updates")
        {
            await new StagingReader(connection, tables).RequireAsync(tables.Published(pipeline.Stage), token);
            return arguments.Kind == "stats"
                ? ReconciliationSql.Stats(tables, pipeline)
                : ReconciliationSql.Updates(definition, pipeline, arguments.Limit);
        }

        SqlTable bronze = BronzeTable.Of(definition, pipeline, arguments.Table);
        MirrorTable loaded = await MirrorCatalog.FindAsync(connection, bronze, token)
            ?? throw new UsageException($"{bronze.Display} does not exist. 'recon load {pipeline.Name}' creates it.");
        var name = SqlTable.Parse(pipeline.Match.Table);
        MirrorTable mirror = await MirrorCatalog.FindAsync(connection, name, token)
            ?? throw new UsageException($"The mirror table {name.Display} does not exist. 'recon check' says more.");
        var sql = new ReconciliationSql(definition, pipeline, loaded, mirror);
        return arguments.Kind == "match" ? sql.Match(arguments.Limit) : sql.Unmatched(arguments.Limit);
    }

    private sealed record SqlArguments(string Kind, string? Table, int? Limit, bool Execute, string Format);
}

/// <param name="Omissions">What the query does otherwise than a run.</param>
internal sealed record SqlDocument(string Pipeline, string Query, string Sql, IReadOnlyList<string> Omissions);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SqlDocument))]
internal sealed partial class SqlJson : JsonSerializerContext;
