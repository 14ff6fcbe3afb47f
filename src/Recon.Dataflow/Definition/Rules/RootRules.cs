using NodaTime;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about the root, the defaults and the pipelines as a whole.</summary>
internal static class RootRules
{
    public static void Check(ReconDefinition definition, RuleReport report)
    {
        if (ConnectionRules.FaultOf(definition.Postgres) is { } connection)
        {
            report.Add(definition, nameof(definition.Postgres), connection);
        }

        CheckSchema(definition.Staging, report);
        CheckDefaults(definition.Defaults, report);
        if (definition.Pipelines.Count == 0)
        {
            report.AddMissing(definition, nameof(definition.Pipelines), "there must be at least one pipeline");
        }

        Dictionary<string, string> tables = new(StringComparer.OrdinalIgnoreCase);
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (PipelineDefinition pipeline in definition.Pipelines)
        {
            CheckPipeline(pipeline, names, report);
            foreach (StageBlockDefinition stage in pipeline.Blocks.OfType<StageBlockDefinition>().Where(stage => stage.Table.Length > 0))
            {
                if (!tables.TryAdd(stage.Table, pipeline.Name))
                {
                    report.Add(stage, nameof(stage.Table), $"the pipeline '{tables[stage.Table]}' already writes to '{DefinitionPath.Cut(stage.Table)}'; each needs its own staging table");
                }
            }
        }
    }

    private static void CheckSchema(StagingDefinition staging, RuleReport report)
    {
        string schema = staging.Schema;
        string? fault = Names.FaultOfOwn(schema, Names.MaxIdentifierBytes - Names.SuffixBytes);
        if (fault is null && (schema.StartsWith("pg_", StringComparison.OrdinalIgnoreCase)
            || schema.Equals("information_schema", StringComparison.OrdinalIgnoreCase)))
        {
            fault = $"'{schema}' belongs to PostgreSQL; name a schema that recon may own";
        }

        if (fault is not null)
        {
            report.Add(staging, nameof(staging.Schema), fault);
        }
    }

    private static void CheckDefaults(DefaultsDefinition defaults, RuleReport report)
    {
        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(defaults.TimeZone) is null)
        {
            string? nearest = Suggestion.Nearest(defaults.TimeZone, DateTimeZoneProviders.Tzdb.Ids);
            string hint = nearest is null ? "write an IANA name such as Europe/Paris" : $"did you mean '{nearest}'?";
            report.Add(defaults, nameof(defaults.TimeZone), $"unknown time zone '{DefinitionPath.Cut(defaults.TimeZone)}'; {hint}");
        }

        if (defaults.PhoneRegion.Length != 2 || !defaults.PhoneRegion.All(char.IsAsciiLetterUpper))
        {
            report.Add(defaults, nameof(defaults.PhoneRegion), "must be an ISO 3166 region of two capital letters, such as FR");
        }
    }

    private static void CheckPipeline(PipelineDefinition pipeline, HashSet<string> names, RuleReport report)
    {
        if (pipeline.Name.Length > 0 && !Names.IsLabel(pipeline.Name))
        {
            report.Add(pipeline, nameof(pipeline.Name), "names may hold a to z, 0 to 9, - and _ only, at most 63: they become arguments, metric labels and file names");
        }
        else if (pipeline.Name.Length > 0 && !names.Add(pipeline.Name))
        {
            report.Add(pipeline, nameof(pipeline.Name), $"another pipeline is already named '{pipeline.Name}'");
        }

        if (pipeline.Object is { } told)
        {
            CheckObject(told, report);
        }
    }

    private static void CheckObject(ObjectDefinition told, RuleReport report)
    {
        if (told.Type is null == told.From is null)
        {
            report.AddMissing(told, null, "give a \"type\", or \"from\" (a column) with \"map\" (object types by value)");
            return;
        }

        if (told.Type is { } type && HubspotObjects.FaultOf(type) is { } fault)
        {
            report.Add(told, nameof(told.Type), fault);
        }

        if (told.From is not null && (told.From.Length == 0 || told.Map.Count == 0))
        {
            report.AddMissing(told, nameof(told.Map), "\"from\" names a column, and \"map\" an object type for each of its values");
        }

        foreach (string wrong in told.Map.Values.Distinct(StringComparer.Ordinal))
        {
            if (HubspotObjects.FaultOf(wrong) is { } problem)
            {
                report.Add(told, nameof(told.Map), problem);
            }
        }
    }
}
