using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the lookup blocks: which options go with which role.</summary>
internal static class LookupRules
{
    public static void Check(ReconDefinition definition, PipelineDefinition pipeline, RuleReport report)
    {
        LookupBlockDefinition[] lookups = [.. pipeline.Blocks.OfType<LookupBlockDefinition>()];
        bool certain = !report.HasUnreadableBlocks(pipeline);
        for (int index = 0; index < lookups.Length; index++)
        {
            LookupBlockDefinition lookup = lookups[index];
            string? role = report.Gives(lookup, nameof(lookup.Role)) ? nameof(lookup.Role) : null;
            if (index == 0 && lookup.Role != LookupRole.Match && certain)
            {
                report.Add(lookup, role, "the first lookup must have the role \"match\": fallbacks and parents come after it");
            }
            else if (lookup.Role == LookupRole.Match && lookups.Take(index).Any(other => other.Role == LookupRole.Match))
            {
                report.Add(lookup, role, "a pipeline has one lookup of role \"match\" only; name the role of this one: \"fallback\" or \"parent\"");
            }

            if (!report.HasProblem(lookup, nameof(lookup.Role)))
            {
                CheckRole(lookup, report);
            }

            CheckTable(definition, lookup, report);
            CheckColumns(lookup, report);
        }
    }

    private static void CheckRole(LookupBlockDefinition lookup, RuleReport report)
    {
        (string[] needed, string[] refused) = lookup.Role switch
        {
            LookupRole.Match => ((string[])["table", "key"], (string[])["on", "from", "fromType", "idForm"]),
            LookupRole.Fallback => (["on"], ["key", "from", "fromType", "mirrorKeys", "idForm", "mergedIds"]),
            _ => (["table", "key", "from"], ["on", "confidence"]),
        };
        string role = DefinitionShape.Kebab(lookup.Role.ToString());
        foreach (string member in needed.Where(member => !report.Gives(lookup, member)))
        {
            report.AddMissing(lookup, null, $"a lookup of role \"{role}\" needs \"{member}\"");
        }

        if (lookup.Role == LookupRole.Fallback && lookup.On.Count == 0 && report.Gives(lookup, "on"))
        {
            report.AddMissing(lookup, "on", "must name at least one pair of columns");
        }

        foreach (string member in refused.Where(member => report.Gives(lookup, member)))
        {
            report.Add(lookup, member, lookup.Role == LookupRole.Match && member == "from"
                ? "does not apply to a lookup of role \"match\": a match goes by the csv block's id; leave it out"
                : $"does not apply to a lookup of role \"{role}\"; leave it out");
        }
    }

    private static void CheckTable(ReconDefinition definition, LookupBlockDefinition lookup, RuleReport report)
    {
        if (lookup.Table is not { } table)
        {
            return;
        }

        // As the server's tables are named: a schema without a point, and a table that may have some.
        string[] parts = table.Split('.', 2);
        string? fault = parts.Length != 2
            ? "must be a schema and a table, such as \"hubspot.companies\""
            : Names.FaultOfExisting(parts[0]) ?? Names.FaultOfExisting(parts[1]);
        if (fault is null && parts[0].Equals(definition.Staging.Schema, StringComparison.OrdinalIgnoreCase))
        {
            fault = $"is in the staging schema '{DefinitionPath.Cut(parts[0])}', which recon writes to; the mirror is only ever read, so it must be elsewhere";
        }

        if (fault is not null)
        {
            report.Add(lookup, nameof(lookup.Table), fault);
        }
    }

    private static void CheckColumns(LookupBlockDefinition lookup, RuleReport report)
    {
        CheckColumn(lookup, nameof(lookup.Key), lookup.Key, report);
        CheckColumn(lookup, nameof(lookup.Id), lookup.Id, report);
        CheckColumn(lookup, nameof(lookup.MergedIds), lookup.MergedIds is "" ? null : lookup.MergedIds, report);
        foreach (MatchKeyDefinition pair in lookup.On.Where(pair => pair.Property.Length > 0))
        {
            CheckColumn(pair, nameof(pair.Property), pair.Property, report);
        }

        foreach (ConditionDefinition condition in lookup.Where.Where(condition => condition.Column.Length > 0))
        {
            CheckColumn(condition, nameof(condition.Column), condition.Column, report);
        }

        if (lookup.From is { } from && string.IsNullOrWhiteSpace(from))
        {
            report.Add(lookup, nameof(lookup.From), "must not be empty");
        }
    }

    private static void CheckColumn(object node, string member, string? column, RuleReport report)
    {
        if (column is not null && Names.FaultOfExisting(column) is { } fault)
        {
            report.Add(node, member, fault);
        }
    }
}
