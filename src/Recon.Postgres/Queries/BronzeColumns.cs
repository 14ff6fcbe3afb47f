using System.Globalization;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Values;
using Recon.Postgres.Bronze;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Queries;

/// <summary>SQL about the columns of a bronze table: values as the definition reads them.</summary>
internal sealed class BronzeColumns(CsvBlockDefinition csv, DefaultsDefinition defaults)
{
    private const NumberStyles Number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    /// <summary>A column's value; null spellings as null. "recon load" has trimmed it.</summary>
    public SqlText Value(string column)
    {
        SqlName name = BronzeTable.Column(column);
        string[] nulls =
        [
            .. (csv.NullsByColumn.FirstOrDefault(pair => pair.Key.Equals(column, StringComparison.OrdinalIgnoreCase)).Value
                ?? csv.Nulls ?? defaults.Nulls).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal),
        ];
        return nulls.Length == 0
            ? SqlText.Of($"nullif({name}, '')")
            : SqlText.Of($"case when {name} in ({List(nulls)}) then null else nullif({name}, '') end");
    }

    /// <summary>The canonical legacy id, from the id as the definition reads it.</summary>
    public SqlText LegacyId()
    {
        SqlName id = BronzeTable.Column(csv.Id);
        return csv.IdType == IdType.Text ? SqlText.Of($"{id}") : SqlText.Of($"split_part({id}, '.', 1)");
    }

    /// <summary>Whether there is an id and it is written as ids are; the pipeline rejects the others.</summary>
    public SqlText HasId()
    {
        SqlName id = BronzeTable.Column(csv.Id);
        return csv.IdType == IdType.Text ? SqlText.Of($"{id} is not null") : SqlText.Of($"{id} ~ '^[0-9]+([.]0+)?$'");
    }

    /// <summary>The columns that the filters test.</summary>
    public IEnumerable<string> Tested => csv.Exclude.Select(condition => condition.Column);

    /// <summary>Whether the file's filters exclude a row, from values as the definition reads them; never null.</summary>
    /// <param name="exists">Whether the bronze table has a column.</param>
    public SqlText Excluded(Func<string, bool> exists)
    {
        SqlText[] tests =
        [
            .. csv.Exclude.Where(condition => !condition.Optional || exists(condition.Column))
                .Select(condition => SqlText.Join(" and ", Tests(condition))),
        ];
        return tests.Length == 0
            ? SqlText.Of($"false")
            : SqlText.Of($"coalesce(({SqlText.Join(") or (", tests)}), false)");
    }

    private static IEnumerable<SqlText> Tests(ConditionDefinition condition)
    {
        SqlText value = SqlText.Of($"{BronzeTable.Column(condition.Column)}");
        if (condition.EqualTo is { } equal)
        {
            yield return SqlText.Of($"{value} = {new SqlLiteral(equal.Trim())}");
        }

        if (condition.In is { } any)
        {
            yield return SqlText.Of($"{value} in ({List(any)})");
        }

        if (condition.NotIn is { } none)
        {
            yield return SqlText.Of($"({value} is null or {value} not in ({List(none)}))");
        }

        if (condition.IsNull is { } isNull)
        {
            yield return isNull ? SqlText.Of($"{value} is null") : SqlText.Of($"{value} is not null");
        }

        if (condition.Min is { } min)
        {
            yield return Bound(value, min, SqlText.Of($">="));
        }

        if (condition.Max is { } max)
        {
            yield return Bound(value, max, SqlText.Of($"<="));
        }
    }

    // Numbers when both are, else text in the order of code points.
    private static SqlText Bound(SqlText value, string bound, SqlText comparison)
    {
        var literal = new SqlLiteral(bound.Trim());
        SqlText text = SqlText.Of($"{value} collate \"C\" {comparison} {literal}");
        return decimal.TryParse(bound.Trim(), Number, CultureInfo.InvariantCulture, out _)
            ? SqlText.Of($"case when {value} ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$' then {value}::numeric {comparison} {literal}::numeric else {text} end")
            : text;
    }

    private static SqlText List(IEnumerable<string> texts)
        => SqlText.Literals(texts.Select(text => text.Trim()));
}
