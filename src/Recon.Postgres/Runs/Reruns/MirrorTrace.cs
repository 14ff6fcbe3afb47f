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
using Recon.Postgres.Wire;

namespace Recon.Postgres.Runs.Reruns;

/// <summary>Tells what has changed in the tables of a mirror since a former run began to read them.</summary>
internal sealed class MirrorTrace(RunContext context, RunInput input, ReconciliationPlan plan, ConversionContext conversions, LookupFactory factory)
{
    // Eight bytes for each of a table's rows are read into memory.
    private const double MostRows = 20_000_000;

    // Whether rows tell by their transaction that they were changed, and what their values depend on beside it.
    private static readonly SqlText s_table = SqlText.Of($"""
        with recursive part (oid) as (
            select $1::regclass::oid union select i.inhrelid from part join pg_inherits i on i.inhparent = part.oid)
        select coalesce(bool_and((c.relkind = 'p' or c.relkind = 'r' and c.relam = 2) and not c.relrowsecurity and not exists (
                select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = any($2) and a.atttypid >= 16384)), false),
            string_agg(concat_ws(' ', c.oid, (
                select string_agg(concat_ws(' ', a.attnum, a.attname, a.atttypid, a.atttypmod, a.attcollation, a.attmissingval::text,
                    pg_get_expr(d.adbin, d.adrelid)), ', ' order by a.attnum)
                from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated <> ''
                where a.attrelid = c.oid and a.attnum > 0)), e'\n' order by c.oid),
            concat_ws(' ', current_user, current_setting('TimeZone'), current_setting('DateStyle'), current_setting('IntervalStyle'),
                current_setting('extra_float_digits'), current_setting('bytea_output'), version())
        from part join pg_class c on c.oid = part.oid
        """);

    /// <summary>
    /// A fingerprint of everything but the records and the rows of the mirror that a result comes from; <see langword="null"/> where
    /// something else plays a part, or rows do not tell by their transaction that they were changed.
    /// </summary>
    public async Task<string?> FingerprintAsync(
        NpgsqlConnection connection, string definition, CancellationToken cancellationToken)
    {
        if (context.Request.Lookups.Count > 0 || context.Request.Conversions.Count > 0)
        {
            return null;
        }

        var parts = new StringBuilder();
        parts.AppendLine(definition).AppendLine(context.ToolVersion).AppendLine(NodaTime.DateTimeZoneProviders.Tzdb.VersionId)
            .AppendLine(CultureInfo.CurrentCulture.Name);
        parts.AppendJoin('\n', input.Reader.MissingColumns.Order(StringComparer.Ordinal)).AppendLine();
        parts.AppendJoin('\n', input.DestroyedDates.Select(date => date.Column)).AppendLine();
        parts.AppendJoin('\n', input.Cuts.Patterns.Select(cut => cut.ToString())).AppendLine();
        foreach (ValidLookup lookup in plan.Definition.Lookups)
        {
            MirrorTable table = await factory.RequireAsync(lookup.Table, cancellationToken);
            parts.AppendLine(CultureInfo.InvariantCulture, $"{lookup.Label} {lookup.Ids?.Type} {lookup.HasDecimals} {lookup.IdType} {lookup.IdForm}");
            if (lookup.Role == LookupRole.Fallback || !table.UniqueColumns.Contains(lookup.Id) || table.ProbableRows > MostRows
                || table.Find(lookup.Id)?.SqlType is not ("bigint" or "integer"))
            {
                return null;
            }

            string[] used = [lookup.Key, lookup.Id, .. plan.Columns.Mirror, .. lookup.Where.Select(condition => condition.Column)];
            (bool isTold, string columns, string session) = (await s_table.ListAsync(
                connection,
                row => (row.GetBoolean(0), row.GetString(1), row.GetString(2)),
                cancellationToken,
                SqlValue.Of(table.Table.ToString()),
                SqlValue.Of(used)))[0];
            if (!isTold)
            {
                return null;
            }

            parts.AppendLine(columns).AppendLine(session);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(parts.ToString())));
    }

    /// <summary>For each lookup, the HubSpot ids whose rows are as they were.</summary>
    /// <param name="since">The oldest transaction that was under way when the former run began to read.</param>
    public async Task<IReadOnlyList<IdSet>> UnchangedAsync(NpgsqlConnection connection, long since, CancellationToken cancellationToken)
    {
        Dictionary<(string Table, string Id), IdSet> known = [];
        List<IdSet> unchanged = [];
        foreach (ValidLookup lookup in plan.Definition.Lookups)
        {
            if (!known.TryGetValue((lookup.Table, lookup.Id), out IdSet? ids))
            {
                var id = new SqlName(lookup.Id);
                object? packed = await SqlText.Of($"""
                    select string_agg(int8send({id}::int8), '') from {SqlTable.Parse(lookup.Table)} where not ({IsNew(since)}) and {id} is not null
                    """).ScalarAsync(connection, cancellationToken);
                known[(lookup.Table, lookup.Id)] = ids = new IdSet(packed as byte[] ?? []);
            }

            unchanged.Add(ids);
        }

        return unchanged;
    }

    /// <summary>What finds, for each lookup that could, the rows that are new or changed since; none where there are none.</summary>
    /// <exception cref="CacheBudgetException">There are too many.</exception>
    public async Task<IReadOnlyList<ILookup>> ChangedAsync(long since, CancellationToken cancellationToken)
    {
        List<ILookup> changed = [];
        for (int index = 0; index < plan.Definition.Lookups.Count; index++)
        {
            ValidLookup lookup = plan.Definition.Lookups[index];
            MirrorTable table = await factory.RequireAsync(lookup.Table, cancellationToken);
            LookupQuery query = LookupQuery.Build(table, KeyRule.For(lookup, table, conversions), lookup.Id, [], lookup.Where, only: IsNew(since));
            var rows = await CachedLookup.LoadAsync(
                lookup,
                query,
                KeySelectors.For(plan, conversions, index, query.Keys.KeyType),
                context.Sources.Lookup,
                table,
                context.Clock,
                new LookupMeter(context.Pipeline.Name, lookup.Label, null),
                cancellationToken);
            input.CloseWith(rows);
            if (rows.Count > 0)
            {
                changed.Add(rows);
            }
        }

        return changed;
    }

    // A row whose transaction is not older than all that were under way. Transactions are numbered in a circle: what is half of it
    // away counts as new.
    private static SqlText IsNew(long since)
        => SqlText.Of($"age(xmin) <= (select age({new SqlLiteral((since & uint.MaxValue).ToString(CultureInfo.InvariantCulture))}::xid))");
}
