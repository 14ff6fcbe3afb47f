using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Catalog;
using Recon.Postgres.Lookups;

namespace Recon.Postgres.Queries;

/// <summary>SQL about the rows of the mirror that count, with constants in place of parameters.</summary>
internal sealed class MirrorRowsSql(MirrorTable table, ValidLookup lookup)
{
    public MirrorTable Table { get; } = table;

    /// <summary>The key as it is compared, see <see cref="LegacyKey"/>.</summary>
    public SqlText Key => KeyType() switch
    {
        // The lookup asks a mirror with decimal keys for "123" and "123.0".
        MirrorType.Text when lookup.HasDecimals
            => SqlText.Of($"regexp_replace({new SqlName(lookup.Key)}::text, '[.]0$', '')"),
        MirrorType.Text or MirrorType.Uuid => SqlText.Of($"{new SqlName(lookup.Key)}::text"),
        _ => SqlText.Of($"{new SqlName(lookup.Key)}::numeric"),
    };

    /// <summary>The column of the HubSpot id.</summary>
    public SqlName Id => new(Require(lookup.Id).Name);

    /// <summary>A canonical legacy id as the key's type compares it; null when the type cannot hold it.</summary>
    public SqlText LegacyKey(SqlText id) => KeyType() switch
    {
        MirrorType.Text => id,
        MirrorType.Uuid => SqlText.Of($"lower({id})"),
        _ => SqlText.Of($"case when {id} ~ '^[0-9]+$' then {id}::numeric end"),
    };

    /// <summary>Which rows count.</summary>
    public SqlText Where()
        => SqlText.Join(" and ", [SqlText.Of($"{new SqlName(lookup.Key)} is not null"), .. lookup.Where.SelectMany(Tests)]);

    /// <summary>A column that must be there.</summary>
    public TableColumn Require(string name) => Table.Find(name) ?? throw MirrorException.MissingColumn(Table, name);

    private MirrorType KeyType()
    {
        TableColumn column = Require(lookup.Key);
        return column.Type ?? throw MirrorException.UnreadableType(Table, column);
    }

    private IEnumerable<SqlText> Tests(ConditionDefinition condition)
        => Table.Find(condition.Column) is null && condition.Optional
            ? []
            : MirrorCondition.ToSql(Table, condition, MirrorCondition.Literal);
}
