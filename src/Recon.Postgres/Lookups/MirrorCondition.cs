using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>Turns conditions on mirror rows into SQL: names quoted, values as parameters of the column's own type.</summary>
internal static class MirrorCondition
{
    /// <summary>Translates one condition.</summary>
    /// <param name="parameter">Makes a text array of values: a parameter, or <see cref="Literal"/>.</param>
    /// <exception cref="MirrorException">The column is missing.</exception>
    public static IEnumerable<SqlText> ToSql(
        MirrorTable table, ConditionDefinition condition, Func<string[], SqlText> parameter)
    {
        TableColumn column = table.Find(condition.Column) ?? throw MirrorException.MissingColumn(table, condition.Column);
        var name = new SqlName(column.Name);
        List<SqlText> tests = [];
        if (condition.EqualTo is { } equal)
        {
            tests.Add(SqlText.Of($"{name} = any({parameter([equal])}::{column.CastType}[])"));
        }

        if (condition.In is { } any)
        {
            tests.Add(SqlText.Of($"{name} = any({parameter([.. any])}::{column.CastType}[])"));
        }

        if (condition.NotIn is { } none)
        {
            tests.Add(SqlText.Of($"({name} is null or {name} <> all({parameter([.. none])}::{column.CastType}[]))"));
        }

        if (condition.IsNull is { } isNull)
        {
            tests.Add(isNull ? SqlText.Of($"{name} is null") : SqlText.Of($"{name} is not null"));
        }

        if (condition.Min is { } min)
        {
            tests.Add(SqlText.Of($"{name} >= ({parameter([min])}::{column.CastType}[])[1]"));
        }

        if (condition.Max is { } max)
        {
            tests.Add(SqlText.Of($"{name} <= ({parameter([max])}::{column.CastType}[])[1]"));
        }

        return tests;
    }

    /// <summary>An array of quoted texts, for <c>COPY</c> and for queries that people run themselves: they take no parameters.</summary>
    public static SqlText Literal(string[] values) => SqlText.Of($"array[{SqlText.Literals(values)}]");
}
