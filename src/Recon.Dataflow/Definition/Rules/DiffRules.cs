using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the diff block and its properties.</summary>
internal static class DiffRules
{
    private static readonly string[] s_sources = ["column", "columns", "constant", "parent"];

    private static readonly HashSet<string> s_readOnly = new(StringComparer.OrdinalIgnoreCase)
    {
        "createdate", "hs_object_id", "hs_createdate", "hs_lastmodifieddate", "lastmodifieddate",
    };

    private static readonly HashSet<string> s_associations = new(StringComparer.OrdinalIgnoreCase)
    {
        "associatedcompanyid", "associatedcontactid", "associateddealid", "hs_parent_company_id", "hs_primary_associated_company",
    };

    public static void Check(PipelineDefinition pipeline, DiffBlockDefinition diff, RuleReport report)
    {
        if (diff.Properties.Count == 0)
        {
            report.AddMissing(diff, nameof(diff.Properties), "there must be at least one property");
        }

        if (diff.LegacyUpdatedConvert is not null && diff.LegacyUpdated is null)
        {
            report.Add(diff, nameof(diff.LegacyUpdatedConvert), "applies to legacyUpdated, which is not given");
        }

        CheckLatest(diff, report);
        if (diff.HubspotUpdated is { } updated && Names.FaultOfExisting(updated) is { } fault)
        {
            report.Add(diff, nameof(diff.HubspotUpdated), fault);
        }

        HashSet<string> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (PropertyDefinition property in diff.Properties)
        {
            if (property.Property.Length > 0 && !seen.Add(property.Property))
            {
                report.Add(property, nameof(property.Property), $"'{DefinitionPath.Cut(property.Property)}' is mapped twice; one update can set it once");
            }

            CheckProperty(pipeline, property, report);
            CheckTarget(property, report);
            if (property.Policy == UpdatePolicy.Newest && (diff.LegacyUpdated is null || diff.HubspotUpdated is null))
            {
                report.Add(property, nameof(property.Policy), "\"newest\" needs legacyUpdated and hubspotUpdated of the diff block: they say which record is newer");
            }
        }
    }

    private static void CheckLatest(DiffBlockDefinition diff, RuleReport report)
    {
        if (diff.OnConflict == RepeatPolicy.Latest && diff.Latest is null)
        {
            report.Add(diff, nameof(diff.OnConflict), "\"latest\" needs latestBy (or legacyUpdated), the column that says when a row was last updated");
        }

        if (diff.LatestBy is not null && diff.OnConflict != RepeatPolicy.Latest && !report.HasProblem(diff, nameof(diff.OnConflict)))
        {
            report.Add(diff, nameof(diff.LatestBy), "applies to \"onConflict\": \"latest\" only; add that or leave it out");
        }

        if (diff.LatestByConvert is not null && diff.LatestBy is null)
        {
            report.Add(diff, nameof(diff.LatestByConvert), "applies to latestBy, which is not given");
        }
        else if (diff.LatestByConvert is { } steps && !steps.Any(step => step.Produces is TimeComparisonDefinition))
        {
            report.Add(diff, nameof(diff.LatestByConvert), "must give a date or time: add \"date\" or \"datetime\"");
        }
    }

    private static void CheckProperty(PipelineDefinition pipeline, PropertyDefinition property, RuleReport report)
    {
        string[] given = [.. s_sources.Where(member => report.Gives(property, member))];
        if (given.Length == 0)
        {
            report.AddMissing(property, null, "no source; give one of column, columns, constant, parent");
        }
        else if (given.Length > 1)
        {
            report.Add(property, given[1], $"a property has one source only, and \"{given[0]}\" is given too");
        }

        if (property.Columns is { Count: 0 })
        {
            report.Add(property, nameof(property.Columns), "must name at least one column");
        }

        if (property.Column is { } column && string.IsNullOrWhiteSpace(column))
        {
            report.Add(property, nameof(property.Column), "must not be empty");
        }

        if (property.Columns is null && report.Gives(property, nameof(property.Separator)))
        {
            report.Add(property, nameof(property.Separator), "applies to \"columns\" only");
        }

        if (property.OnTruncated is not null && !property.IsText)
        {
            report.Add(property, nameof(property.OnTruncated), "applies to columns that are compared as texts");
        }

        if (property.Required && property.OnNull == NullPolicy.Clear)
        {
            report.Add(property, nameof(property.OnNull), "\"clear\" contradicts \"required\": an empty value would be reported as missing and clear HubSpot's at the same time; leave one out");
        }

        if (property.Parent is { } parent)
        {
            CheckParent(pipeline, property, nameof(property.Parent), parent, report);
            if (property.Convert.Count > 0)
            {
                report.Add(property, nameof(property.Convert), "does not apply to \"parent\": the value is HubSpot's own id");
            }
        }
    }

    private static void CheckTarget(PropertyDefinition property, RuleReport report)
    {
        bool isOnlyRead = property.Policy == UpdatePolicy.CompareOnly;
        if (s_readOnly.Contains(property.Property) && !isOnlyRead)
        {
            report.Add(property, nameof(property.Property), $"HubSpot sets '{property.Property}' itself and refuses updates of it; with \"policy\": \"compare-only\" it is compared and never updated");
        }
        else if (s_associations.Contains(property.Property) && property.Parent is null && !isOnlyRead)
        {
            report.Add(property, nameof(property.Property), $"'{property.Property}' holds a HubSpot id, never a legacy id; resolve it by a lookup of role \"parent\" and name that under \"parent\"");
        }
        else if (property.Property.Length > 0 && property.Property.Any(character => char.IsControl(character) || character is ' '))
        {
            report.Add(property, nameof(property.Property), "must be the property's internal name, which holds no spaces");
        }

        if (property.MirrorColumn is not null && property.MirrorValues?.Column is not null)
        {
            report.Add(property, nameof(property.MirrorColumn), "\"mirror\" names a column, too; leave one of them out");
        }

        if (property.Property.Length > 0 && Names.FaultOfExisting(property.Mirror) is { } fault)
        {
            report.Add(property, property.MirrorMember, fault);
        }
    }

    /// <summary>Checks that a name is that of a parent lookup.</summary>
    public static void CheckParent(PipelineDefinition pipeline, object node, string member, string name, RuleReport report)
    {
        string[] parents = [.. pipeline.Blocks.OfType<LookupBlockDefinition>().Where(lookup => lookup.Role == LookupRole.Parent).Select(lookup => lookup.Label)];
        if (!parents.Contains(name) && !report.HasUnreadableBlocks(pipeline))
        {
            report.Add(node, member, $"no lookup of role \"parent\" is named '{DefinitionPath.Cut(name)}'{Suggestion.Hint(name, parents, always: true)}");
        }
    }
}
