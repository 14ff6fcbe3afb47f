using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Telemetry;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;
using Recon.Postgres.Staging;
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Reruns;

/// <summary>Tells what has changed in the tables of a mirror since a former run began to read them.</summary>
internal sealed class MirrorTrace(RunContext context, RunInput input, ReconciliationPlan plan, ConversionContext conversions, LookupFactory factory)
{
    // The ids of all rows are read into memory, and sorted there: at most some 35 bytes each.
    private const double MostRows = 10_000_000;

    // More of them, and asking for each record is no slower.
    private const double MostChanged = 0.5;

    // Rows of changed ids are asked for by their ids.
    private const int MostIds = 500_000;

    // What decides which rows a table has and what is read of them, beside the rows themselves. A row of the catalog is written anew
    // with each ALTER, TRUNCATE, rename, attachment and grant.
    private static readonly SqlText s_parts = SqlText.Of($"""
        with recursive part (oid, attached) as (
            select $1::regclass::oid, '' union select i.inhrelid, i.xmin::text from part join pg_inherits i on i.inhparent = part.oid)
        select c.oid = $1::regclass, c.relkind::text, c.relkind <> 'r' or c.relam = 2, c.relrowsecurity,
            exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = any($2) and a.atttypid >= 16384),
            exists (select 1 from pg_index x join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
                where x.indrelid = c.oid and a.attname = $3 and x.indisunique and x.indimmediate and x.indisvalid and x.indnkeyatts = 1 and x.indpred is null),
            concat_ws(' ', c.oid, c.xmin, n.xmin, part.attached, (
                select string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attmissingval::text,
                    pg_get_expr(d.adbin, d.adrelid)), ', ' order by a.attnum)
                from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated <> ''
                where a.attrelid = c.oid and a.attnum > 0)),
            concat_ws(' ', current_user, current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'),
                current_setting('extra_float_digits'), current_setting('bytea_output'), version())
        from part join pg_class c on c.oid = part.oid join pg_namespace n on n.oid = c.relnamespace order by c.oid
        """);

    // Two builds of one version may compare in different ways, as may one build on two runtimes.
    private static readonly string s_build = string.Join(
        ' ', ((Type[])[typeof(MirrorTrace), typeof(ReconciliationPlan)]).Select(type => type.Module.ModuleVersionId).Cast<object>().Append(Environment.Version));

    /// <summary>Everything but the records and the rows of the mirror that a result comes from.</summary>
    /// <returns>It; or why something else plays a part, or rows do not tell that they were changed.</returns>
    public async Task<(RecordOrigin? Origin, string? Obstacle)> OriginAsync(
        NpgsqlConnection connection, string definition, CancellationToken cancellationToken)
    {
        if (context.Request.Lookups.Count > 0 || context.Request.Conversions.Count > 0)
        {
            return (null, "the hosting program has lookups or conversions of its own");
        }

        var mirror = new StringBuilder();
        foreach (ValidLookup lookup in plan.Definition.Lookups)
        {
            MirrorTable table = await factory.RequireAsync(lookup.Table, cancellationToken);
            string[] used = [lookup.Key, lookup.Id, .. plan.Columns.Mirror, .. lookup.Where.Select(condition => condition.Column)];
            List<Part> parts = await s_parts.ListAsync(
                connection,
                row => new Part(
                    row.GetBoolean(0), row.GetString(1)[0], row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.GetBoolean(5), row.GetString(6), row.GetString(7)),
                cancellationToken,
                SqlValue.Of(table.Table.ToString()),
                SqlValue.Of(used),
                SqlValue.Of(lookup.Id));
            if (Obstacle(lookup, table, parts) is { } obstacle)
            {
                return (null, obstacle);
            }

            mirror.AppendLine(CultureInfo.InvariantCulture, $"{lookup.Label} {lookup.Ids?.Type} {lookup.HasDecimals} {lookup.IdType} {lookup.IdForm}")
                .AppendJoin('\n', parts.Select(part => part.Description)).AppendLine().AppendLine(parts[0].Session);
        }

        return (
            new RecordOrigin(
                Hash(definition),
                Hash($"{context.ToolVersion} {s_build} {NodaTime.DateTimeZoneProviders.Tzdb.VersionId} {CultureInfo.CurrentCulture.Name}"),
                Hash(string.Join(
                    '\n',
                    [
                        .. input.Columns.Source.Names, "", .. input.Reader.MissingColumns.Order(StringComparer.Ordinal), "",
                        .. input.DestroyedDates.Select(date => date.Column), "", .. input.Cuts.Patterns.Select(cut => $"{cut.Column} {cut.Length} {cut.AreTorn}"),
                    ])),
                Hash(mirror.ToString())),
            null);
    }

    /// <summary>What was done to the rows of the mirror since.</summary>
    /// <param name="since">The oldest transaction that was under way when the former run began to read.</param>
    /// <returns>It; or why nobody can tell.</returns>
    /// <exception cref="CacheBudgetException">Too much was changed.</exception>
    public async Task<(MirrorChanges? Changes, string? Obstacle)> ChangesAsync(NpgsqlConnection connection, long since, CancellationToken cancellationToken)
    {
        Dictionary<(string Table, string Id), (UnchangedIds Unchanged, SqlText? Changed)> scanned = [];
        List<UnchangedIds> unchanged = [];
        List<ILookup> changed = [];
        for (int index = 0; index < plan.Definition.Lookups.Count; index++)
        {
            ValidLookup lookup = plan.Definition.Lookups[index];
            MirrorTable table = await factory.RequireAsync(lookup.Table, cancellationToken);
            if (!scanned.TryGetValue((lookup.Table, lookup.Id), out (UnchangedIds Unchanged, SqlText? Changed) ids))
            {
                (byte[] before, byte[] now) = await ScanAsync(connection, lookup, since, cancellationToken);
                if (now.Length > (now.Length + before.Length) * MostChanged)
                {
                    return (null, $"most rows of {table.Table.Display} have changed");
                }

                scanned[(lookup.Table, lookup.Id)] = ids = (new UnchangedIds(before, now), now.Length == 0 ? null : Only(lookup, since, now));
            }

            unchanged.Add(ids.Unchanged);
            if (ids.Changed is { } only && await LoadAsync(index, table, only, cancellationToken) is { } rows)
            {
                changed.Add(rows);
            }
        }

        return (new MirrorChanges(unchanged, changed), null);
    }

    private static string? Obstacle(ValidLookup lookup, MirrorTable table, List<Part> parts)
    {
        string name = table.Table.Display;
        return lookup.Role == LookupRole.Fallback ? "fallbacks find records by other columns than the legacy id"
            : parts.Find(part => part.Kind is not ('r' or 'p')) is { } other ? $"{name} {(other.IsRoot ? "is" : "has")} {KindOf(other.Kind)}, whose rows do not tell when they were changed"
            : parts.Exists(part => !part.IsHeap) ? $"{name} is stored by an extension, whose rows may not tell when they were changed"
            : parts.Exists(part => part.HasRowSecurity) ? $"{name} has row-level security, which may show other rows at another time"
            : parts.Exists(part => part.HasOwnTypes) ? $"columns of {name} have types that are not PostgreSQL's own"
            : parts.Count > 1 && parts.Exists(part => part is { IsRoot: true, Kind: 'r' }) ? $"other tables inherit from {name}"
            : !parts.Exists(part => part is { IsRoot: true, HasUniqueId: true }) ? $"{name}.{lookup.Id} has no unique index over all rows"
            : table.Find(lookup.Id)?.SqlType is not ("bigint" or "integer") ? $"{name}.{lookup.Id} is no integer"
            : table.ProbableRows > MostRows ? $"{name} has more than ten million rows"
            : null;
    }

    private static string KindOf(char kind) => kind switch
    {
        'v' => "a view",
        'm' => "a materialized view",
        'f' => "a foreign table",
        _ => "no plain table",
    };

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static async Task<(byte[] Before, byte[] Now)> ScanAsync(
        NpgsqlConnection connection, ValidLookup lookup, long since, CancellationToken cancellationToken)
    {
        var id = new SqlName(lookup.Id);
        return (await SqlText.Of($"""
            select string_agg(int8send(id), '') filter (where not is_new), string_agg(int8send(id), '') filter (where is_new)
            from (select {id}::int8 as id, {IsNew(since)} as is_new from {SqlTable.Parse(lookup.Table)} where {id} is not null) t
            """).ListAsync(connection, row => (row[0] as byte[] ?? [], row[1] as byte[] ?? []), cancellationToken))[0];
    }

    private static SqlText Only(ValidLookup lookup, long since, byte[] ids)
        => ids.Length > MostIds * sizeof(long) ? IsNew(since)
            : SqlText.Of($"{new SqlName(lookup.Id)} = any({new SqlLiteral($"{{{string.Join(',', UnchangedIds.Unpack(ids))}}}")}::int8[])");

    // What finds the rows by their keys; null where none of them has one that a record may ask for.
    private async Task<ILookup?> LoadAsync(int index, MirrorTable table, SqlText only, CancellationToken cancellationToken)
    {
        ValidLookup lookup = plan.Definition.Lookups[index];
        LookupQuery query = LookupQuery.Build(table, KeyRule.For(lookup, table, conversions), lookup.Id, [], lookup.Where, only: only);
        var rows = await CachedLookup.LoadAsync(
            lookup,
            query,
            KeySelectors.For(plan, conversions, index, query.Keys.KeyType),
            // What has changed was found on the server itself; a replica may not have it yet.
            context.Sources.Replica is null ? context.Sources.Lookup : context.Sources.Control,
            table,
            context.Clock,
            new LookupMeter(context.Pipeline.Name, lookup.Label, null),
            cancellationToken);
        input.CloseWith(rows);
        return rows.Count > 0 ? rows : null;
    }

    // A row whose transaction is not older than all that were under way. Transactions are numbered in a circle: what is half of it
    // away counts as new.
    private static SqlText IsNew(long since)
        => SqlText.Of($"age(xmin) <= (select age({new SqlLiteral((since & uint.MaxValue).ToString(CultureInfo.InvariantCulture))}::xid))");

    private sealed record Part(
        bool IsRoot, char Kind, bool IsHeap, bool HasRowSecurity, bool HasOwnTypes, bool HasUniqueId, string Description, string Session);
}

/// <summary>What was done to the rows of a mirror.</summary>
/// <param name="Unchanged">For each lookup, the HubSpot ids whose rows are as they were.</param>
/// <param name="Changed">What finds the rows that are new or changed, for each lookup that has some.</param>
internal sealed record MirrorChanges(IReadOnlyList<UnchangedIds> Unchanged, IReadOnlyList<ILookup> Changed);
