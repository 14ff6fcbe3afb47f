using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about what leaves for HubSpot. Messages never show a token.</summary>
internal static class HubspotRules
{
    private const string Prefix = "env:";

    private static readonly string[] s_versions = ["2026-09", "v3"];

    public static void Check(HubspotDefinition hubspot, RuleReport report)
    {
        if (!hubspot.Base.StartsWith(Prefix, StringComparison.Ordinal) && WorkflowRules.FaultOfAddress(hubspot.Base) is { } fault)
        {
            report.Add(hubspot, nameof(hubspot.Base), fault);
        }

        if (hubspot.Token is { } token && !token.StartsWith(Prefix, StringComparison.Ordinal))
        {
            report.Add(hubspot, nameof(hubspot.Token), "must be \"env:NAME\": the token itself stays out of the file");
        }

        if (!s_versions.Contains(hubspot.Version, StringComparer.Ordinal))
        {
            report.Add(hubspot, nameof(hubspot.Version), $"'{DefinitionPath.Cut(hubspot.Version)}' is no version that recon knows{Suggestion.Hint(hubspot.Version, s_versions, always: true)}");
        }

        if (!hubspot.Push.MaxShare.IsShare)
        {
            report.Add(hubspot.Push, nameof(hubspot.Push.MaxShare), "must be a share, such as \"80%\"; \"maxRecords\" takes a number");
        }
    }

    public static void Check(PipelineDefinition pipeline, RuleReport report)
    {
        string[] parents = [.. pipeline.Blocks.OfType<LookupBlockDefinition>().Where(lookup => lookup.Role == LookupRole.Parent).Select(lookup => lookup.Name).OfType<string>()];
        foreach (string name in pipeline.Associate.Where(name => !parents.Contains(name, StringComparer.Ordinal)))
        {
            report.Add(
                pipeline, nameof(pipeline.Associate), $"'{DefinitionPath.Cut(name)}' is no lookup of role \"parent\" of this pipeline{Suggestion.Hint(name, parents, always: true)}");
        }

        if (pipeline.Associate.Distinct(StringComparer.Ordinal).Count() < pipeline.Associate.Count)
        {
            report.Add(pipeline, nameof(pipeline.Associate), "names a lookup twice");
        }

        string[] staged = [.. pipeline.Blocks.OfType<StageBlockDefinition>().SelectMany(stage => stage.Columns).Select(column => column.ParentHubspotId).OfType<string>()];
        foreach (string name in pipeline.Associate.Where(name => parents.Contains(name, StringComparer.Ordinal) && !staged.Contains(name, StringComparer.Ordinal)))
        {
            report.Add(
                pipeline, nameof(pipeline.Associate), $"the stage block has no column of the HubSpot ids that '{DefinitionPath.Cut(name)}' finds; add {{ \"name\": …, \"type\": \"bigint\", \"parentHubspotId\": \"{DefinitionPath.Cut(name)}\" }}");
        }

        if (pipeline.Object is { } told)
        {
            CheckNames(pipeline, told, report);
        }
    }

    private static void CheckNames(PipelineDefinition pipeline, ObjectDefinition told, RuleReport report)
    {
        string[] types = told.Type is { } type ? [type] : [.. told.Map.Values.Distinct(StringComparer.Ordinal)];
        string[] known = [.. pipeline.Blocks.OfType<DiffBlockDefinition>().SelectMany(diff => diff.Properties).Select(property => property.Property)];
        foreach ((string named, IReadOnlyDictionary<string, ObjectPropertyDefinition?> properties) in told.Properties)
        {
            if (!types.Contains(named, StringComparer.Ordinal))
            {
                report.Add(told, nameof(told.Properties), $"'{DefinitionPath.Cut(named)}' is no object type of this pipeline{Suggestion.Hint(named, types, always: true)}");
            }

            foreach (string property in properties.Keys.Where(property => !known.Contains(property, StringComparer.Ordinal)))
            {
                report.Add(told, nameof(told.Properties), $"the diff block compares no property '{DefinitionPath.Cut(property)}'{Suggestion.Hint(property, known, always: false)}");
            }

            foreach (IGrouping<string, string> twice in known
                .Select(property => properties.TryGetValue(property, out ObjectPropertyDefinition? there) ? there?.Name : property)
                .OfType<string>()
                .GroupBy(name => name, StringComparer.Ordinal)
                .Where(group => group.Count() > 1))
            {
                report.Add(told, nameof(told.Properties), $"two properties would be '{DefinitionPath.Cut(twice.Key)}' of '{DefinitionPath.Cut(named)}'; give them different names, or null to one");
            }
        }
    }
}
