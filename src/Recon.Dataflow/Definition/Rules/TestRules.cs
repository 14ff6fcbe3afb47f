using System.Globalization;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Definition.Rules;

/// <summary>Rules about tests: a misspelt column in a test would make it show nothing.</summary>
internal static class TestRules
{
    /// <summary>Checks a pipeline's tests, where the pipeline itself can be understood.</summary>
    public static void Check(PipelineDefinition pipeline, RuleReport report)
    {
        // References between blocks may still be wrong; they are reported by their own rules.
        if (pipeline.Tests.Count == 0 || report.HasUnreadableBlocks(pipeline) || ValidPipeline.TryOf(pipeline) is not { } whole)
        {
            return;
        }

        string[] columns = [.. PipelineColumns.Of(whole).Source.Names];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (TestDefinition test in pipeline.Tests)
        {
            if (test.Name.Length > 0 && !names.Add(test.Name))
            {
                report.Add(test, nameof(test.Name), "another test of the pipeline has this name");
            }

            foreach (string column in test.Rows.SelectMany(row => row.Keys).Distinct(StringComparer.Ordinal)
                .Where(column => !columns.Contains(column, StringComparer.OrdinalIgnoreCase)))
            {
                report.Add(test, nameof(test.Rows), $"the pipeline reads no column '{DefinitionPath.Cut(column)}'{Suggestion.Hint(column, columns, always: false)}");
            }

            CheckMirror(whole, test, report);
            CheckExpectations(whole, test, report);
        }
    }

    private static void CheckMirror(ValidPipeline pipeline, TestDefinition test, RuleReport report)
    {
        string[] tables = [.. pipeline.Lookups.Select(lookup => lookup.Table).Distinct(StringComparer.Ordinal)];
        foreach ((string table, IReadOnlyList<IReadOnlyDictionary<string, string?>> rows) in test.Mirror)
        {
            if (!tables.Contains(table))
            {
                report.Add(test, nameof(test.Mirror), $"no lookup of the pipeline asks '{DefinitionPath.Cut(table)}'{Suggestion.Hint(table, tables, always: true)}");
                continue;
            }

            ValidLookup[] lookups = [.. pipeline.Lookups.Where(lookup => lookup.Table == table)];
            string[] known = [.. ColumnsOf(pipeline, lookups).Distinct(StringComparer.Ordinal)];
            foreach (string column in rows.SelectMany(row => row.Keys).Distinct(StringComparer.Ordinal).Where(column => !known.Contains(column)))
            {
                report.Add(test, nameof(test.Mirror), $"the pipeline reads no column '{DefinitionPath.Cut(column)}' of {table}{Suggestion.Hint(column, known, always: false)}");
            }

            foreach (string id in lookups.Select(lookup => lookup.Id).Distinct(StringComparer.Ordinal))
            {
                if (rows.Any(row => !row.TryGetValue(id, out string? value) || !IsHubspotId(value)))
                {
                    report.Add(test, nameof(test.Mirror), $"every record of {table} needs \"{DefinitionPath.Cut(id)}\", a HubSpot id: digits in quotes");
                }
            }
        }
    }

    private static IEnumerable<string> ColumnsOf(ValidPipeline pipeline, ValidLookup[] lookups)
    {
        foreach (ValidLookup lookup in lookups)
        {
            yield return lookup.Id;
            yield return lookup.Role == LookupRole.Fallback ? pipeline.Match.Key : lookup.Key;
            foreach (ConditionDefinition condition in lookup.Where)
            {
                yield return condition.Column;
            }

            foreach (string column in lookup.Role == LookupRole.Parent ? [] : PipelineColumns.Of(pipeline).Mirror)
            {
                yield return column;
            }
        }
    }

    private static void CheckExpectations(ValidPipeline pipeline, TestDefinition test, RuleReport report)
    {
        string[] properties = [.. pipeline.Diff.Properties.Select(property => property.Property)];
        HashSet<string> ids = new(StringComparer.Ordinal);
        foreach (ExpectationDefinition expectation in test.Expect)
        {
            if (expectation.LegacyId.Length > 0 && !ids.Add(expectation.LegacyId))
            {
                report.Add(expectation, nameof(expectation.LegacyId), $"'{DefinitionPath.Cut(expectation.LegacyId)}' is expected twice");
            }

            foreach (string property in (expectation.Update?.Keys ?? []).Where(property => !properties.Contains(property)))
            {
                report.Add(expectation, nameof(expectation.Update), $"the pipeline has no property '{DefinitionPath.Cut(property)}'{Suggestion.Hint(property, properties, always: false)}");
            }

            if (expectation.HubspotId is { } id && !IsHubspotId(id))
            {
                report.Add(expectation, nameof(expectation.HubspotId), "must be digits in quotes");
            }

            foreach (string parent in expectation.Parents?.Keys ?? [])
            {
                DiffRules.CheckParent(pipeline.Source, expectation, nameof(expectation.Parents), parent, report);
            }
        }
    }

    private static bool IsHubspotId(string? text)
        => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
