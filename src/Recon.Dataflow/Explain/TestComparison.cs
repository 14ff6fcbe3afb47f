using System.Globalization;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;

namespace Recon.Dataflow.Explain;

/// <summary>Compares what came out of a test with what was expected.</summary>
internal static class TestComparison
{
    public static IReadOnlyList<TestDifference> Compare(TestDefinition test, IReadOnlyList<RecordStory> stories)
    {
        List<TestDifference> differences = [];
        Dictionary<string, RecordStory> results = new(StringComparer.Ordinal);
        foreach (RecordStory story in stories.Where(story => story.Outcome != "folded"))
        {
            // An id may be staged once and rejected or filtered beside; the staged record is the one that counts.
            if (!results.TryGetValue(story.LegacyId, out RecordStory? known) || known.Rows == 0)
            {
                results[story.LegacyId] = story;
            }
        }

        foreach (ExpectationDefinition expected in test.Expect)
        {
            if (!results.Remove(expected.LegacyId, out RecordStory? story))
            {
                differences.Add(new TestDifference(expected.LegacyId, "record", Status(expected.Status), null));
                continue;
            }

            differences.AddRange(Compare(expected, story));
        }

        differences.AddRange(results.Values.Select(story => new TestDifference(story.LegacyId, "record", null, story.Outcome)));
        return differences;
    }

    private static List<TestDifference> Compare(ExpectationDefinition expected, RecordStory story)
    {
        List<TestDifference> found = [];
        Check("status", Status(expected.Status), story.Outcome);
        CheckGiven("hubspotId", expected.HubspotId, Text(story.HubspotId));
        CheckGiven("rule", expected.Rule, story.Rule);
        CheckGiven("reason", expected.Reason, story.Reason);
        CheckGiven("rows", Text(expected.Rows), Text(story.Rows));
        foreach (string note in expected.Notes.Where(note => story.Notes?.Contains(note, StringComparison.Ordinal) != true))
        {
            found.Add(new TestDifference(expected.LegacyId, "notes", note, story.Notes));
        }

        foreach ((string parent, string? id) in expected.Parents ?? new Dictionary<string, string?>())
        {
            LookupStory? lookup = story.Lookups.FirstOrDefault(lookup => lookup.Name == parent);
            Check($"parents.{parent}", id, lookup is { Decided: true } ? Text(lookup.Candidates[0]) : null);
        }

        if (expected.Update is { } update)
        {
            Dictionary<string, string> staged = Updates(story);
            foreach (string property in update.Keys.Union(staged.Keys).Order(StringComparer.Ordinal))
            {
                Check($"update.{property}", update.GetValueOrDefault(property), staged.GetValueOrDefault(property));
            }
        }

        return found;

        void Check(string what, string? wanted, string? actual)
        {
            if (wanted != actual)
            {
                found.Add(new TestDifference(expected.LegacyId, what, wanted, actual));
            }
        }

        void CheckGiven(string what, string? wanted, string? actual)
        {
            if (wanted is not null)
            {
                Check(what, wanted, actual);
            }
        }
    }

    // A conflict stages no update, whatever its first record says.
    private static Dictionary<string, string> Updates(RecordStory story)
        => story.Outcome != "matched"
            ? []
            : story.Properties.Where(property => property.Verdict == VerdictKind.Change)
                .ToDictionary(property => property.Property, property => property.Converted ?? "");

    private static string Status(ExpectedStatus status) => DefinitionShape.Kebab(status.ToString());

    private static string? Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture);
}
