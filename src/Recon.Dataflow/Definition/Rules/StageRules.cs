using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the stage block and its columns.</summary>
internal static class StageRules
{
    private static readonly HashSet<string> s_common =
        new(CommonColumns.Stored.Concat(CommonColumns.Packed).Select(column => column.Name), StringComparer.OrdinalIgnoreCase);

    // Columns that every table of PostgreSQL has. Names are quoted, so others only in another case are free.
    private static readonly string[] s_system = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

    public static void Check(PipelineDefinition pipeline, StageBlockDefinition stage, RuleReport report)
    {
        string? fault = Names.FaultOfOwn(stage.Table, Names.MaxIdentifierBytes - Names.SuffixBytes)
            ?? (OwnRelations.Takes(stage.Table) ? "is a table of recon itself; name another" : null);
        if (stage.Table.Length > 0 && fault is not null)
        {
            report.Add(stage, nameof(stage.Table), fault);
        }

        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        CheckName(stage, nameof(stage.LegacyId), stage.LegacyId, names, report);
        CheckName(stage, nameof(stage.HubspotId), stage.HubspotId, names, report);
        HashSet<string> properties =
            [.. pipeline.Blocks.OfType<DiffBlockDefinition>().SelectMany(diff => diff.Properties).Select(each => each.Property)];
        bool certain = pipeline.Blocks.OfType<DiffBlockDefinition>().Any(diff => !report.HasProblem(diff, nameof(diff.Properties)));
        foreach (StagedColumnDefinition column in stage.Columns)
        {
            CheckName(column, nameof(column.Name), column.Name, names, report);
            CheckSource(pipeline, column, certain ? properties : null, report);
        }
    }

    private static void CheckName(object node, string member, string name, HashSet<string> names, RuleReport report)
    {
        if (name.Length == 0)
        {
            return;
        }

        string? fault = Names.FaultOfOwn(name, Names.MaxIdentifierBytes)
            ?? (s_common.Contains(name) ? $"'{name}' is a column that every staging table has; name another" : null)
            ?? (s_system.Contains(name, StringComparer.Ordinal) ? $"'{name}' is a system column, which every table of PostgreSQL has; name another" : null)
            ?? (names.Add(name) ? null : $"another column of the table is already named '{DefinitionPath.Cut(name)}'");
        if (fault is not null)
        {
            report.Add(node, member, fault);
        }
    }

    private static void CheckSource(
        PipelineDefinition pipeline, StagedColumnDefinition column, HashSet<string>? properties, RuleReport report)
    {
        string[] sources = ["legacy", "converted", "hubspot", "parentLegacyId", "parentHubspotId"];
        string[] given = [.. sources.Where(member => report.Gives(column, member))];
        if (given.Length == 0)
        {
            report.AddMissing(column, null, $"no source; give one of {string.Join(", ", sources)}");
        }
        else if (given.Length > 1)
        {
            report.Add(column, given[1], $"a staged column has one source only, and \"{given[0]}\" is given too");
        }

        if (column.Legacy is { } legacy && string.IsNullOrWhiteSpace(legacy))
        {
            report.Add(column, nameof(column.Legacy), "must not be empty");
        }

        if (column.Hubspot is { } hubspot && Names.FaultOfExisting(hubspot) is { } fault)
        {
            report.Add(column, nameof(column.Hubspot), fault);
        }

        if (column.Converted is { } converted && properties?.Contains(converted) == false)
        {
            report.Add(column, nameof(column.Converted), $"the diff block has no property '{DefinitionPath.Cut(converted)}'{Suggestion.Hint(converted, properties, always: false)}");
        }

        if (column.ParentLegacyId is { } legacyParent)
        {
            DiffRules.CheckParent(pipeline, column, nameof(column.ParentLegacyId), legacyParent, report);
        }

        if (column.ParentHubspotId is { } hubspotParent)
        {
            DiffRules.CheckParent(pipeline, column, nameof(column.ParentHubspotId), hubspotParent, report);
        }
    }
}
