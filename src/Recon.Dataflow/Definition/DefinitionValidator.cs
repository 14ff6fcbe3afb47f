using System.Collections;
using Recon.Dataflow.Definition.Rules;

namespace Recon.Dataflow.Definition;

/// <summary>Checks what single keys cannot say: names, references, order of blocks, combinations. Touches no file and no server.</summary>
public static class DefinitionValidator
{
    /// <summary>Checks a definition.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="locations">Where its parts stand.</param>
    /// <param name="earlier">Problems found so far; what merely follows from them is not reported.</param>
    /// <returns>The problems, in no particular order.</returns>
    public static IReadOnlyList<DefinitionProblem> Validate(
        ReconDefinition definition, DefinitionLocations locations, IReadOnlyList<DefinitionProblem> earlier)
    {
        RuleReport report = new(locations, earlier);
        RootRules.Check(definition, report);
        foreach (PipelineDefinition pipeline in definition.Pipelines)
        {
            BlockRules.Check(pipeline, report);
            foreach (CsvBlockDefinition csv in pipeline.Blocks.OfType<CsvBlockDefinition>())
            {
                CsvRules.Check(pipeline, csv, report);
            }

            LookupRules.Check(definition, pipeline, report);
            foreach (DiffBlockDefinition diff in pipeline.Blocks.OfType<DiffBlockDefinition>())
            {
                DiffRules.Check(pipeline, diff, report);
            }

            foreach (StageBlockDefinition stage in pipeline.Blocks.OfType<StageBlockDefinition>())
            {
                StageRules.Check(pipeline, stage, report);
            }

            TestRules.Check(pipeline, report);
        }

        Walk(definition, definition, report);
        return report.Problems;
    }

    private static void Walk(object? value, ReconDefinition root, RuleReport report)
    {
        if (value is null or string || value.GetType().IsValueType)
        {
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (object? item in value is IDictionary dictionary ? dictionary.Values : items)
            {
                Walk(item, root, report);
            }

            return;
        }

        if (value is ISelfValidating self)
        {
            foreach ((string member, string message) in self.Validate())
            {
                report.Add(value, member.Length == 0 ? null : member, message);
            }
        }

        if (value is ConditionDefinition condition)
        {
            ConditionRules.Check(condition, report);
        }

        foreach (ShapeMember member in DefinitionShape.Of(value.GetType()).Members)
        {
            object? content = member.Property.GetValue(value);
            if (member.Key == PathRules.Key && content is string path)
            {
                PathRules.Check(root, value, member.Key, path, report);
            }

            Walk(content, root, report);
        }
    }
}
