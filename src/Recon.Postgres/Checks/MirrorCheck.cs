using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using static Recon.Dataflow.Text.CountText;
using static Recon.Postgres.Checks.CheckText;

namespace Recon.Postgres.Checks;

/// <summary>Checks the mirror tables of a pipeline: existence, privilege, columns, types; then its lookups.</summary>
internal sealed class MirrorCheck(
    NpgsqlConnection connection, ServerFacts facts, DefinitionReading reading, CheckOptions options, ConversionContext context)
{
    private static readonly SqlText s_security = SqlText.Of($"""
        select row_security_active(c.oid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2
        """);

    private static readonly SqlText s_names = SqlText.Of($"""
        select n.nspname || '.' || c.relname
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
        order by 1 limit 5000
        """);

    private readonly Dictionary<SqlTable, FoundTable?> _tables = [];

    public async Task CheckAsync(ValidPipeline pipeline, FindingLog log, CancellationToken cancellationToken)
    {
        HashSet<SqlTable> told = [];
        var keys = new LookupCheck(
            connection,
            options,
            new ConversionContext(reading.Definition!.Defaults, reading.BaseDirectory, reading.Definition.AllowPathsOutside),
            pipeline,
            log);
        var parents = new ParentCheck(connection, reading, pipeline, log);
        foreach (ValidLookup lookup in pipeline.Lookups)
        {
            SqlTable name = SqlTable.Parse(lookup.Table);
            var place = lookup.Block.Table is null
                ? new FindingPlace(lookup.Block)
                : new FindingPlace(lookup.Block, nameof(lookup.Block.Table));
            if (!_tables.TryGetValue(name, out FoundTable? found))
            {
                found = await FindAsync(name, cancellationToken);
                _tables[name] = found;
            }

            if (found is not { Table: var table })
            {
                string nearest = await NearestAsync(name, cancellationToken);
                log.Error(
                    $"table {name.Display}",
                    place,
                    $"The table does not exist, or {facts.Role} may not see it.{nearest}",
                    "Check the name, and that HubSpot is synchronised into this database.");
                continue;
            }

            if (!table.CanSelect)
            {
                log.Error(
                    $"table {name.Display}",
                    place,
                    $"{facts.Role} may not read it.",
                    $"grant usage on schema {name.Schema} to {facts.RoleName}; grant select on {name} to {facts.RoleName};");
                continue;
            }

            if (told.Add(name))
            {
                TellTable(found, place, log);
            }

            if (lookup.Role == LookupRole.Match)
            {
                new MirrorColumnCheck(pipeline, table, log).Check();
                await new MirrorValueCheck(connection, options, context, log).CheckAsync(pipeline, table, cancellationToken);
            }

            await keys.CheckAsync(await parents.CheckAsync(lookup, table, cancellationToken), table, cancellationToken);
        }
    }

    private async Task<FoundTable?> FindAsync(SqlTable name, CancellationToken cancellationToken)
    {
        MirrorTable? table = await MirrorCatalog.FindAsync(connection, name, cancellationToken);
        if (table is null)
        {
            return null;
        }

        return (await s_security.ListAsync(
            connection,
            row => new FoundTable(table, row.GetBoolean(0)),
            cancellationToken,
            SqlValue.Of(name.Schema.Value),
            SqlValue.Of(name.Name.Value))).Single();
    }

    private async Task<string> NearestAsync(SqlTable name, CancellationToken cancellationToken)
        => DidYouMean(name.Display, await s_names.ListAsync(connection, row => row.GetString(0), cancellationToken));

    private static void TellTable(FoundTable found, FindingPlace place, FindingLog log)
    {
        MirrorTable table = found.Table;
        string subject = $"table {table.Table.Display}";
        bool isStored = table.IsStored;
        bool isAnalysed = table.EstimatedRows > 0 || (table.EstimatedRows == 0 && table.Bytes == 0);
        string rows = isAnalysed && isStored ? $", about {Show((long)table.EstimatedRows, "row")}" : "";
        log.Ok(subject, place, $"It can be read{rows}.");
        if (isStored && !isAnalysed)
        {
            log.Warn(
                subject,
                place,
                "It was never analysed, so PostgreSQL plans the lookups without knowing its size.",
                $"analyze {table.Table};");
        }

        if (found.HidesRows)
        {
            log.Warn(
                subject,
                place,
                "Row-level security hides rows of it from this role; their legacy records would be staged as unmatched.",
                "Use a role with a policy that shows all rows, or one with the attribute bypassrls.");
        }
    }
}

/// <summary>A mirror table with what only a check wants to know.</summary>
/// <param name="HidesRows">Whether row-level security applies to this role.</param>
internal sealed record FoundTable(MirrorTable Table, bool HidesRows);
