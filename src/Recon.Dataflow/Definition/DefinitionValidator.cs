using System.Collections;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition.Rules;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Custom;

namespace Recon.Dataflow.Definition;

/// <summary>Checks what single keys cannot say: names, references, order of blocks, combinations. Touches no file and no server.</summary>
internal static class DefinitionValidator
{
    /// <param name="earlier">Problems found so far; what merely follows from them is not reported.</param>
    /// <param name="conversions">Names of the conversions that the hosting program registered. Default: none.</param>
    public static IReadOnlyList<DefinitionProblem> Validate(
        ReconDefinition definition,
        DefinitionLocations locations,
        IReadOnlyList<DefinitionProblem> earlier,
        IReadOnlyCollection<string>? conversions = null)
    {
        string[] registered = [.. conversions ?? []];
        RuleReport report = new(locations, earlier);
        RootRules.Check(definition, report);
        if (definition.Workflow is { } workflow)
        {
            WorkflowRules.Check(workflow, report);
        }

        if (definition.Hubspot is { } hubspot)
        {
            HubspotRules.Check(hubspot, report);
        }

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

            RegionRules.Check(pipeline, report);
            HubspotRules.Check(pipeline, report);

            foreach (StageBlockDefinition stage in pipeline.Blocks.OfType<StageBlockDefinition>())
            {
                StageRules.Check(pipeline, stage, report);
            }

            TestRules.Check(pipeline, report);
        }

        Walk(definition, definition, registered, report);
        return report.Problems;
    }

    private static void Walk(object? value, ReconDefinition root, string[] conversions, RuleReport report)
    {
        if (value is null or string || value.GetType().IsValueType)
        {
            return;
        }

        if (value is IEnumerable items)
        {
            foreach (object? item in value is IDictionary dictionary ? dictionary.Values : items)
            {
                Walk(item, root, conversions, report);
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

        if (value is CustomDefinition { Name.Length: > 0 } custom && !conversions.Contains(custom.Name, StringComparer.Ordinal))
        {
            string hint = conversions.Length == 0
                ? "; none is: conversions of your own need a program that uses recon as a library (docs/examples)"
                : Suggestion.Hint(custom.Name, conversions, always: true);
            report.Add(custom, nameof(custom.Name), $"no conversion is registered under '{DefinitionPath.Cut(custom.Name)}'{hint}");
        }

        foreach (ShapeMember member in DefinitionShape.Of(value.GetType()).Members)
        {
            object? content = member.Property.GetValue(value);
            if (member.Key == PathRules.Key && content is string path)
            {
                PathRules.Check(root, value, member.Key, path, report);
            }

            Walk(content, root, conversions, report);
        }
    }
}
