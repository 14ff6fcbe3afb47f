using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;
using Recon.Postgres.Staging;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Checks that the staging schema can be created or used. Reads the catalog only.</summary>
/// <param name="log">Takes the findings that concern all pipelines.</param>
internal sealed class StagingCheck(
    NpgsqlConnection connection, ValidDefinition definition, ServerFacts facts, FindingLog log)
{
    private readonly StagingTables _tables = new(definition.Staging.Schema);

    /// <summary>Checks the schema and the tables that all pipelines share.</summary>
    /// <returns>Whether pipelines' own tables can be looked at.</returns>
    public async Task<bool> CheckSchemaAsync(CancellationToken cancellationToken)
    {
        var place = new FindingPlace(definition.Staging, nameof(definition.Staging.Schema));
        SqlName schema = _tables.Schema;
        string subject = $"schema {schema.Value}";
        bool?[] may = (await SqlText.Of($"""
            select has_database_privilege(current_database(), 'create'), has_schema_privilege(n.oid, 'usage'),
                has_schema_privilege(n.oid, 'create')
            from (values (1)) one left join pg_namespace n on n.nspname = $1
            """).ListAsync(
                connection,
                row => (bool?[])[row[0] as bool?, row[1] as bool?, row[2] as bool?],
                cancellationToken,
                SqlValue.Of(schema.Value))).Single();
        switch (may)
        {
            case [true, null, null]:
                log.Ok(subject, place, "It does not exist yet; the first run, or recon setup, creates it.");
                return false;
            case [_, null, null]:
                log.Error(
                    subject,
                    place,
                    $"It does not exist, and {facts.Role} may not create schemas in {facts.Database}.",
                    $"create schema {schema} authorization {facts.RoleName}; or: grant create on database {facts.DatabaseName} to {facts.RoleName};");
                return false;
            case [_, true, true]:
                log.Ok(subject, place, $"{facts.Role} may use it and create tables in it.");
                break;
            default:
                log.Error(
                    subject,
                    place,
                    $"{facts.Role} may not {(may[1] == true ? "create tables in it" : "use it")}.",
                    $"grant usage, create on schema {schema} to {facts.RoleName};");
                break;
        }

        if (may[1] == true)
        {
            foreach (string table in OwnRelations.Tables)
            {
                await CheckOwnedAsync(_tables.Table(table), place, log, cancellationToken);
            }
        }

        return may[1] == true;
    }

    public async Task CheckTableAsync(ValidPipeline pipeline, FindingLog pipelineLog, CancellationToken cancellationToken)
    {
        StageBlockDefinition stage = pipeline.Stage;
        StagedTable? staged = await StagedTable.FindAsync(connection, _tables, stage, cancellationToken);
        SqlTable table = _tables.Published(stage);
        var place = new FindingPlace(stage, nameof(stage.Table));
        string subject = $"table {table.Display}";
        string? kind = await CheckOwnedAsync(table, place, pipelineLog, cancellationToken);
        if (kind is null && staged is null)
        {
            pipelineLog.Ok(subject, place, "It does not exist yet; the first run, or recon setup, creates it.");
            return;
        }

        if (staged is null)
        {
            pipelineLog.Error(
                subject,
                place,
                $"It exists and was not made by recon (staging layout {StagingTables.Version}).",
                $"Keep it under another name: alter table {table} rename to {new SqlName(table.Name.Value + "_old")};");
            return;
        }

        if (staged.Rows != table)
        {
            await CheckOwnedAsync(staged.Rows, place, pipelineLog, cancellationToken);
        }

        MirrorTable found = (await MirrorCatalog.FindAsync(connection, staged.Rows, cancellationToken))!;
        bool fits = true;
        foreach ((string name, string type) in staged.Layout.Stored)
        {
            string wanted = StagingSchema.CatalogType(type);
            if (found.Find(name) is { } column && column.SqlType != wanted)
            {
                fits = false;
                StagedColumnDefinition? own = stage.Columns.FirstOrDefault(candidate => candidate.Name == name);
                pipelineLog.Error(
                    Column(table, name),
                    own is null ? place : new FindingPlace(own, nameof(own.Name)),
                    $"It has type {column.SqlType}; the definition wants {wanted}.",
                    $"{StagingSchema.DropColumn(staged, name)} the next run makes and fills it anew.");
            }
        }

        if (fits)
        {
            pipelineLog.Ok(subject, place, "It exists and fits the definition." + await FormerAsync(staged, cancellationToken));
        }
    }

    private async Task<string> FormerAsync(StagedTable staged, CancellationToken cancellationToken)
    {
        if (!staged.IsFormer)
        {
            return "";
        }

        List<string> additions = await FormerTable.AdditionsAsync(connection, staged, cancellationToken);
        return additions.Count == 0
            ? " The next run of the whole input makes it a view, which is filled faster; grants stay."
            : $" It is a table of the former layout, which takes the server longer to fill, because of {string.Join(", ", additions)}. To change "
                + $"that, drop these, run the whole input once, and make them anew: views of {staged.Published.Display}, all else of "
                + $"{_tables.Rows(staged.Layout.Stage).Display}.";
    }

    // A run exchanges partitions and makes indexes, which only owners may do. Returns the kind; null for no table.
    private async Task<string?> CheckOwnedAsync(
        SqlTable table, FindingPlace place, FindingLog target, CancellationToken cancellationToken)
    {
        var found = await SqlText.Of($"""
            select c.relkind::text, pg_has_role(c.relowner, 'usage')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
            """).ListAsync(
                connection,
                row => (Kind: row.GetString(0), IsOwner: row.GetBoolean(1)),
                cancellationToken,
                SqlValue.Of(table.Schema.Value),
                SqlValue.Of(table.Name.Value));
        if (found is [{ IsOwner: false }])
        {
            target.Error(
                $"table {table.Display}",
                place,
                $"It belongs to another role, so {facts.Role} cannot publish into it.",
                $"alter table {table} owner to {facts.RoleName};");
        }

        return found.FirstOrDefault().Kind;
    }
}
