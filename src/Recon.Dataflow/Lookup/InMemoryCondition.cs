using System.Globalization;
using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Lookup;

/// <summary>Conditions on mirror rows in memory, with SQL's idea of null: it equals nothing and is in no range.</summary>
internal static class InMemoryCondition
{
    /// <summary>A value; empty for null and for a column that the row does not give.</summary>
    public static string Value(IReadOnlyDictionary<string, string?> row, string column)
        => row.TryGetValue(column, out string? value) ? value ?? "" : "";

    /// <summary>Whether a condition holds. One on an optional column that the row does not give is left out.</summary>
    public static bool Holds(ConditionDefinition condition, IReadOnlyDictionary<string, string?> row)
    {
        if (condition.Optional && !row.ContainsKey(condition.Column))
        {
            return true;
        }

        string value = Value(row, condition.Column);
        bool isNull = value.Length == 0;
        return (condition.EqualTo is not { } equal || (!isNull && value == equal))
            && (condition.In is not { } any || (!isNull && any.Contains(value)))
            && (condition.NotIn is not { } none || isNull || !none.Contains(value))
            && (condition.IsNull is not { } wanted || wanted == isNull)
            && (condition.Min is not { } min || (!isNull && Compare(value, min) >= 0))
            && (condition.Max is not { } max || (!isNull && Compare(value, max) <= 0));
    }

    private static int Compare(string left, string right)
        => decimal.TryParse(left, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal one)
            && decimal.TryParse(right, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal other)
                ? one.CompareTo(other)
                : string.CompareOrdinal(left, right);
}
