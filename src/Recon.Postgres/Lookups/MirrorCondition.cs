using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>Turns conditions on mirror rows into SQL: names quoted, values as parameters of the column's own type.</summary>
internal static class MirrorCondition
{
    /// <summary>Translates one condition.</summary>
    /// <param name="table">The mirror table.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="values">Values so far; parameter <c>$n</c> is <c>values[n - 2]</c>, a text array.</param>
    /// <returns>SQL tests that must all hold.</returns>
    /// <exception cref="MirrorException">The column is missing.</exception>
    public static IEnumerable<string> ToSql(MirrorTable table, ConditionDefinition condition, List<string[]> values)
    {
        TableColumn column = table.Find(condition.Column) ?? throw MirrorException.MissingColumn(table, condition.Column);
        var name = new SqlName(column.Name);
        List<string> tests = [];
        if (condition.EqualTo is { } equal)
        {
            tests.Add($"{name} = any({Parameter([equal])}::{column.SqlType}[])");
        }

        if (condition.In is { } any)
        {
            tests.Add($"{name} = any({Parameter([.. any])}::{column.SqlType}[])");
        }

        if (condition.NotIn is { } none)
        {
            tests.Add($"({name} is null or {name} <> all({Parameter([.. none])}::{column.SqlType}[]))");
        }

        if (condition.IsNull is { } isNull)
        {
            tests.Add($"{name} is {(isNull ? "" : "not ")}null");
        }

        if (condition.Min is { } min)
        {
            tests.Add($"{name} >= ({Parameter([min])}::{column.SqlType}[])[1]");
        }

        if (condition.Max is { } max)
        {
            tests.Add($"{name} <= ({Parameter([max])}::{column.SqlType}[])[1]");
        }

        return tests;

        string Parameter(string[] parameter)
        {
            values.Add(parameter);
            return $"${values.Count + 1}";
        }
    }
}
