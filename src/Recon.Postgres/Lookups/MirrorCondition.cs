using Recon.Dataflow.Definition;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>Turns conditions on mirror rows into SQL: names quoted, values as parameters of the column's own type.</summary>
internal static class MirrorCondition
{
    /// <summary>Translates one condition.</summary>
    /// <param name="parameter">Makes the text of a text array: a parameter, or a literal that the server has quoted.</param>
    /// <exception cref="MirrorException">The column is missing.</exception>
    public static IEnumerable<string> ToSql(
        MirrorTable table, ConditionDefinition condition, Func<string[], string> parameter)
    {
        TableColumn column = table.Find(condition.Column) ?? throw MirrorException.MissingColumn(table, condition.Column);
        var name = new SqlName(column.Name);
        List<string> tests = [];
        if (condition.EqualTo is { } equal)
        {
            tests.Add($"{name} = any({parameter([equal])}::{column.CastType}[])");
        }

        if (condition.In is { } any)
        {
            tests.Add($"{name} = any({parameter([.. any])}::{column.CastType}[])");
        }

        if (condition.NotIn is { } none)
        {
            tests.Add($"({name} is null or {name} <> all({parameter([.. none])}::{column.CastType}[]))");
        }

        if (condition.IsNull is { } isNull)
        {
            tests.Add($"{name} is {(isNull ? "" : "not ")}null");
        }

        if (condition.Min is { } min)
        {
            tests.Add($"{name} >= ({parameter([min])}::{column.CastType}[])[1]");
        }

        if (condition.Max is { } max)
        {
            tests.Add($"{name} <= ({parameter([max])}::{column.CastType}[])[1]");
        }

        return tests;
    }
}
