using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Queries;

/// <summary>SQL about the rows of the mirror that count, with constants in place of parameters.</summary>
internal sealed class MirrorRowsSql(MirrorTable table, LookupBlockDefinition lookup)
{
    /// <summary>The table.</summary>
    public MirrorTable Table { get; } = table;

    /// <summary>The key as it is compared, see <see cref="LegacyKey"/>.</summary>
    public SqlText Key => KeyType() switch
    {
        MirrorType.Text or MirrorType.Uuid => SqlText.Of($"{new SqlName(lookup.Key!)}::text"),
        _ => SqlText.Of($"{new SqlName(lookup.Key!)}::numeric"),
    };

    /// <summary>The column of the HubSpot id.</summary>
    public SqlName Id => new(Require(lookup.Id).Name);

    /// <summary>A canonical legacy id as the key's type compares it; null when the type cannot hold it.</summary>
    /// <param name="id">The id, a text.</param>
    public SqlText LegacyKey(SqlText id) => KeyType() switch
    {
        MirrorType.Text => id,
        MirrorType.Uuid => SqlText.Of($"lower({id})"),
        _ => SqlText.Of($"case when {id} ~ '^[0-9]+$' then {id}::numeric end"),
    };

    /// <summary>Which rows count.</summary>
    public SqlText Where()
        => SqlText.Join(" and ", [SqlText.Of($"{new SqlName(lookup.Key!)} is not null"), .. lookup.Keep.SelectMany(Tests)]);

    /// <summary>A column that must be there.</summary>
    public TableColumn Require(string name) => Table.Find(name) ?? throw MirrorException.MissingColumn(Table, name);

    private MirrorType KeyType()
    {
        TableColumn column = Require(lookup.Key!);
        return column.Type ?? throw MirrorException.UnreadableType(Table, column);
    }

    private IEnumerable<SqlText> Tests(ConditionDefinition condition)
    {
        if (Table.Find(condition.Column) is null && condition.Optional)
        {
            yield break;
        }

        TableColumn column = Require(condition.Column);
        var name = new SqlName(column.Name);
        if (condition.EqualTo is { } equal)
        {
            yield return SqlText.Of($"{name} = {Literal(equal, column)}");
        }

        if (condition.In is { } any)
        {
            yield return SqlText.Of($"{name} in ({List(any, column)})");
        }

        if (condition.NotIn is { } none)
        {
            yield return SqlText.Of($"({name} is null or {name} not in ({List(none, column)}))");
        }

        if (condition.IsNull is { } isNull)
        {
            yield return isNull ? SqlText.Of($"{name} is null") : SqlText.Of($"{name} is not null");
        }

        if (condition.Min is { } min)
        {
            yield return SqlText.Of($"{name} >= {Literal(min, column)}");
        }

        if (condition.Max is { } max)
        {
            yield return SqlText.Of($"{name} <= {Literal(max, column)}");
        }
    }

    private static SqlText List(IEnumerable<string> values, TableColumn column)
        => SqlText.Join(", ", values.Select(value => Literal(value, column)));

    // The type's name comes from the catalog, which quotes it where needed.
    private static SqlText Literal(string value, TableColumn column)
        => SqlText.Of($"{new SqlLiteral(value)}::{SqlText.Trusted(column.SqlType)}");
}
