using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Explain;
using Recon.Dataflow.Values.Choice;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>
/// A test of a pipeline with three made-up records: one with a change, one that is the same in another spelling, and one that is deleted or has no HubSpot
/// record. What is expected is what the code of a run makes of them.
/// </summary>
internal sealed class DraftTests(DefinitionTests machine, ValidPipeline pipeline, PipelineProposal proposal, Dataflow.Values.DefaultsDefinition defaults)
{
    private const int MostColumns = 8;

    private readonly bool _hasNumbers = pipeline.Csv.IdType == IdType.Number;

    /// <returns>The test, which passes; null where no values could be made up.</returns>
    public async Task<TestDefinition?> MakeAsync(CancellationToken cancellationToken)
    {
        List<Sample> samples = Chosen(await ProbeAsync(cancellationToken));
        TestDefinition? test = null;
        foreach (Sample? changed in Changeable(samples).Append(null))
        {
            foreach (string other in changed is null ? [""] : MadeUpValues.Others(changed.Property, changed.Converted).Distinct(StringComparer.Ordinal).Take(4))
            {
                test = await CompleteAsync(Records(samples, changed, other), cancellationToken);
                if (changed is null || test.Expect.Any(each => each is { Status: ExpectedStatus.Matched, Update.Count: 1 }))
                {
                    return await PassesAsync(test, cancellationToken) ? test : null;
                }
            }
        }

        return null;
    }

    // Each column gets its texts one after the other; what all of its properties can read is what may stand in the test.
    private async Task<List<Sample>> ProbeAsync(CancellationToken cancellationToken)
    {
        IGrouping<string, PropertyDefinition>[] columns =
        [
            .. pipeline.Diff.Properties.Where(property => property is { Column: not null, When: null } && !IsTaken(property))
                .GroupBy(property => property.Column ?? "", StringComparer.OrdinalIgnoreCase),
        ];
        Dictionary<string, IReadOnlyList<string>> texts = columns.ToDictionary(
            column => column.Key,
            column => MadeUpValues.Of([.. column], proposal.File.Columns.FirstOrDefault(each => each.Name.Equals(column.Key, StringComparison.OrdinalIgnoreCase)), defaults),
            StringComparer.OrdinalIgnoreCase);
        int rounds = texts.Values.Select(each => each.Count).DefaultIfEmpty(0).Max();
        TestDefinition probe = new()
        {
            Name = "probe",
            Rows = [.. Enumerable.Range(0, rounds).Select(round => Row(Id(round), columns.Select(column => (column.Key, At(texts[column.Key], round)))))],
            Mirror = Mirror([.. Enumerable.Range(0, rounds).Select(round => Found(round, Id(round), []))], []),
        };
        List<Sample> samples = [];
        HashSet<string> done = new(StringComparer.OrdinalIgnoreCase);
        foreach (RecordStory story in (await machine.TellAsync(pipeline, probe, cancellationToken)).Where(story => story.Outcome == "matched"))
        {
            foreach (IGrouping<string, PropertyDefinition> column in columns)
            {
                PropertyStory[] told = [.. story.Properties.Where(property => column.Any(each => each.Property == property.Property))];
                Sample[] found =
                [
                    .. column.SelectMany(property => told
                        .Where(each => each.Property == property.Property && each.Verdict is VerdictKind.Change or VerdictKind.KeptBack)
                        .Select(each => each is { Raw: { } raw, Converted: { Length: > 0 } converted } ? new Sample(property, column.Key, raw, converted) : null)
                        .OfType<Sample>()),
                ];
                if (found.Length == column.Count() && done.Add(column.Key))
                {
                    samples.AddRange(found);
                }
            }
        }

        return samples;
    }

    // Those that must be there, then one for each way of converting and comparing; in the order of the definition.
    private List<Sample> Chosen(List<Sample> samples)
    {
        string[] columns =
        [
            .. samples.Where(sample => sample.Property.Required)
                .Concat(samples.DistinctBy(sample => string.Join(' ', sample.Property.Convert.Select(step => step.Label).Append(sample.Property.Comparison.Kind))))
                .Select(sample => sample.Column).Distinct(StringComparer.OrdinalIgnoreCase).Take(MostColumns),
        ];
        List<PropertyDefinition> order = [.. pipeline.Diff.Properties];
        return [.. samples.Where(sample => columns.Contains(sample.Column, StringComparer.OrdinalIgnoreCase)).OrderBy(sample => order.IndexOf(sample.Property))];
    }

    private static IEnumerable<Sample> Changeable(List<Sample> samples)
        => samples.OrderBy(sample => sample.Property.Convert.Any(step => step is MapDefinition) ? 0 : sample.Property.Convert.Count == 0 ? 1 : 2);

    private TestDefinition Records(List<Sample> samples, Sample? changed, string other)
    {
        ParentProposal[] parents =
        [
            .. proposal.Parents.Where(parent => pipeline.Lookups.Any(lookup => lookup.Label == parent.Name)
                && !IsUsed(parent.Column, samples)).DistinctBy(parent => parent.Column, StringComparer.OrdinalIgnoreCase),
        ];
        (string Column, string? Text)[] cells = [.. samples.DistinctBy(sample => sample.Column, StringComparer.OrdinalIgnoreCase).Select(sample => (sample.Column, (string?)sample.Raw))];
        ConditionDefinition? filter = pipeline.Csv.Exclude.FirstOrDefault(condition => condition.EqualTo is not null && !IsUsed(condition.Column, samples));
        IEnumerable<KeyValuePair<string, string?>> changedHeld = samples.Select(sample
            => KeyValuePair.Create(sample.Property.Mirror, (string?)(sample == changed ? other : sample.Converted)));
        return new TestDefinition
        {
            Name = filter is null
                ? "Made-up records: one with a change, one that is the same in another spelling, one that HubSpot lacks"
                : $"Made-up records: one with a change, one that is the same in another spelling, one that is left out ({filter.Label})",
            Rows =
            [
                Row(Id(0), [.. cells, .. parents.Select((parent, index) => (parent.Column, (string?)ParentId(parent, index)))]),
                Row(OtherSpelling(Id(1)), cells),
                Row(Id(2), filter is null ? cells.Take(1) : [(filter.Column, filter.EqualTo)]),
            ],
            Mirror = Mirror([Found(0, Id(0), changedHeld), Found(1, Id(1), samples.Select(sample => KeyValuePair.Create(sample.Property.Mirror, (string?)sample.Converted)))], parents),
        };
    }

    private async Task<TestDefinition> CompleteAsync(TestDefinition test, CancellationToken cancellationToken)
    {
        HashSet<string> given = new(test.Rows.SelectMany(row => row.Keys), StringComparer.OrdinalIgnoreCase);
        return test with
        {
            Expect =
            [
                .. (await machine.TellAsync(pipeline, test, cancellationToken)).Select((story, index) => new ExpectationDefinition
                {
                    LegacyId = story.LegacyId,
                    Status = Enum.Parse<ExpectedStatus>(story.Outcome, ignoreCase: true),
                    Reason = story.Reason,
                    Update = story.Outcome == "matched"
                        ? new OrderedDictionary<string, string>(story.Properties.Where(property => property.Verdict == VerdictKind.Change)
                            .Select(property => KeyValuePair.Create(property.Property, property.Converted ?? "")))
                        : null,
                    Parents = index > 0 ? null : Parents(story, given),
                }),
            ],
        };
    }

    private OrderedDictionary<string, string?>? Parents(RecordStory story, HashSet<string> given)
    {
        OrderedDictionary<string, string?> found = [];
        foreach (ValidLookup lookup in pipeline.Lookups.Where(lookup => lookup.Role == LookupRole.Parent && given.Contains(lookup.From)))
        {
            LookupStory? told = story.Lookups.FirstOrDefault(each => each.Name == lookup.Label);
            found[lookup.Label] = told is { Decided: true } ? FormattableString.Invariant($"{told.Candidates[0]}") : null;
        }

        return found.Count == 0 ? null : found;
    }

    private async Task<bool> PassesAsync(TestDefinition test, CancellationToken cancellationToken)
        => TestComparison.Compare(test, await machine.TellAsync(pipeline, test, cancellationToken)).Count == 0;

    private OrderedDictionary<string, string?> Row(string id, IEnumerable<(string Column, string? Text)> cells)
    {
        OrderedDictionary<string, string?> row = new(StringComparer.OrdinalIgnoreCase) { [pipeline.Csv.Id] = id };
        foreach ((string column, string? text) in cells)
        {
            row[column] = text;
        }

        return row;
    }

    private OrderedDictionary<string, string?> Found(int index, string key, IEnumerable<KeyValuePair<string, string?>> held)
    {
        OrderedDictionary<string, string?> record = new(StringComparer.Ordinal)
        {
            [pipeline.Match.Id] = FormattableString.Invariant($"{5001 + index}"),
            [pipeline.Match.Key] = key,
        };
        foreach ((string column, string? value) in held.Where(cell => !record.ContainsKey(cell.Key)))
        {
            record.TryAdd(column, value);
        }

        foreach (ConditionDefinition condition in pipeline.Match.Where)
        {
            record[condition.Column] = condition.EqualTo;
        }

        return record;
    }

    private OrderedDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> Mirror(
        IReadOnlyList<IReadOnlyDictionary<string, string?>> records, ParentProposal[] parents)
    {
        OrderedDictionary<string, IReadOnlyList<IReadOnlyDictionary<string, string?>>> mirror = new(StringComparer.Ordinal) { [pipeline.Match.Table] = records };
        for (int index = 0; index < parents.Length; index++)
        {
            ParentProposal parent = parents[index];
            ValidLookup lookup = pipeline.Lookups.First(each => each.Label == parent.Name);
            OrderedDictionary<string, string?> record = new(StringComparer.Ordinal)
            {
                [lookup.Id] = FormattableString.Invariant($"{7001 + index}"),
                [lookup.Key] = ParentId(parent, index),
            };
            foreach (ConditionDefinition condition in lookup.Where)
            {
                record[condition.Column] = condition.EqualTo;
            }

            // Several parents may be in one table, and in the records' own, where one has its HubSpot id under the name of another lookup.
            foreach (ValidLookup same in pipeline.Lookups.Where(each => each.Table == parent.Table))
            {
                record.TryAdd(same.Id, record[lookup.Id]);
            }

            mirror[parent.Table] = [.. mirror.GetValueOrDefault(parent.Table, []), record];
        }

        return mirror;
    }

    // The id, a parent's id, the mirror's own columns: what a property of that name says is not to be made up.
    private bool IsTaken(PropertyDefinition property)
        => property.Column is not { } column
            || column.Equals(pipeline.Csv.Id, StringComparison.OrdinalIgnoreCase)
            || property.Mirror == pipeline.Match.Id || property.Mirror == pipeline.Match.Key
            || pipeline.Match.Where.Any(condition => condition.Column == property.Mirror)
            || pipeline.Csv.Exclude.Any(condition => condition.Column.Equals(column, StringComparison.OrdinalIgnoreCase))
            || pipeline.Lookups.Any(lookup => lookup.Role == LookupRole.Parent && lookup.From.Equals(column, StringComparison.OrdinalIgnoreCase));

    private bool IsUsed(string column, List<Sample> samples)
        => column.Equals(pipeline.Csv.Id, StringComparison.OrdinalIgnoreCase)
            || samples.Any(sample => sample.Column.Equals(column, StringComparison.OrdinalIgnoreCase));

    private string Id(int index) => FormattableString.Invariant($"{(_hasNumbers ? "" : "T-")}{9001 + index}");

    private static string ParentId(ParentProposal parent, int index) => FormattableString.Invariant($"{(parent.Type == IdType.Number ? "" : "P-")}{501 + index}");

    private string OtherSpelling(string id) => _hasNumbers ? $" {id}.0" : $" {id} ";

    private static string? At(IReadOnlyList<string> texts, int index) => index < texts.Count ? texts[index] : null;

    /// <param name="Raw">As the file would have it.</param>
    private sealed record Sample(PropertyDefinition Property, string Column, string Raw, string Converted);
}
