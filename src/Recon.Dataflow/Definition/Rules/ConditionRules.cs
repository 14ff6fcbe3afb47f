namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the tests of <c>exclude</c>, <c>where</c> and <c>when</c>.</summary>
internal static class ConditionRules
{
    public static void Check(ConditionDefinition condition, RuleReport report)
    {
        if (condition is { EqualTo: null, In: null, NotIn: null, IsNull: null, Min: null, Max: null })
        {
            report.AddMissing(condition, null, "tests nothing; give one of equals, in, notIn, isNull, min, max");
        }

        if (condition.EqualTo is { } text && string.IsNullOrWhiteSpace(text))
        {
            report.Add(condition, nameof(condition.EqualTo), "no value is ever empty text; write \"isNull\": true");
        }

        if (condition.In is { Count: 0 })
        {
            report.Add(condition, nameof(condition.In), "is empty, so the test never holds");
        }

        if (condition.NotIn is { Count: 0 })
        {
            report.Add(condition, nameof(condition.NotIn), "is empty, so the test always holds");
        }
    }
}
