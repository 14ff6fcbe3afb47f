using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>
/// The SQL text of one lookup, built once per run. Names come from the catalog and are quoted; every value is a
/// parameter.
/// </summary>
/// <remarks>
/// The rows of a batch come back as one <c>bytea</c>, each row in <c>record_send</c> form: the client reads one value
/// per batch in place of one per column and row, which was the larger part of its work.
/// </remarks>
/// <param name="Text">The query. <c>$1</c> is the array of keys, the others are the filters' values.</param>
/// <param name="Copy">The COPY that reads the whole table, for the strategy <c>cache</c>.</param>
/// <param name="Keys">How the key column is asked and read.</param>
/// <param name="Columns">The columns that follow key and id in each row.</param>
/// <param name="Filters">The values of <c>$2</c> and up: text arrays, of one element for a single value.</param>
internal sealed record LookupQuery(
    SqlText Text,
    SqlText Copy,
    KeyRule Keys,
    MirrorType IdType,
    IReadOnlyList<MirrorColumn> Columns,
    IReadOnlyList<string[]> Filters)
{
    /// <summary>Builds the query of a lookup.</summary>
    /// <param name="withoutKey">A column that must be null or empty: the legacy id, for fallbacks.</param>
    /// <param name="only">What the rows of the COPY have to be, too.</param>
    /// <exception cref="MirrorException">A column is missing or has a type that recon cannot read.</exception>
    public static LookupQuery Build(
        MirrorTable table,
        KeyRule rule,
        string id,
        IReadOnlyList<string> columns,
        IReadOnlyList<ConditionDefinition> conditions,
        string? withoutKey = null,
        SqlText? only = null)
    {
        MirrorColumn[] read = [.. columns.Select(name => Column(table, name))];
        MirrorType idType = table.Find(id) is null ? throw MirrorException.MissingId(table, id) : Column(table, id).Type;
        SqlText wanted = SqlText.Join(", ", [rule.Wanted, SqlText.Names([id, .. columns])]);
        SqlText[] without = withoutKey is null ? [] : [Without(table, withoutKey)];
        SqlText[] besides = rule.Besides is { } held ? [held] : [];
        SqlText Where(SqlText first, Func<string[], SqlText> value) => SqlText.Join(" and ", [first, .. conditions
            .Where(condition => table.Find(condition.Column) is not null || !condition.Optional)
            .SelectMany(condition => MirrorCondition.ToSql(table, condition, value)), .. without, .. besides]);
        List<string[]> filters = [];
        SqlText where = Where(SqlText.Of($"{rule.Compared} = any($1)"), value =>
        {
            filters.Add(value);
            return SqlText.Of($"${filters.Count + 1}");
        });
        SqlText every = Where(SqlText.Of($"{rule.Wanted} is not null"), MirrorCondition.Literal);
        SqlText all = only is { } wantedOnly ? SqlText.Of($"{every} and {wantedOnly}") : every;
        return new LookupQuery(
            SqlText.Of($"select string_agg(record_send(row({wanted})), '') from {table.Table} where {where}"),
            SqlText.Of($"copy (select {wanted} from {table.Table} where {all}) to stdout (format binary)"),
            rule,
            idType,
            read,
            filters);
    }

    // Empty and null are the same in a mirror: neither is a legacy id.
    private static SqlText Without(MirrorTable table, string key)
    {
        var name = new SqlName(key);
        return Column(table, key).Type == MirrorType.Text
            ? SqlText.Of($"({name} is null or {name}::text = '')")
            : SqlText.Of($"{name} is null");
    }

    private static MirrorColumn Column(MirrorTable table, string name)
    {
        TableColumn column = table.Find(name) ?? throw MirrorException.MissingColumn(table, name);
        return new MirrorColumn(name, column.Type ?? throw MirrorException.UnreadableType(table, column));
    }
}
