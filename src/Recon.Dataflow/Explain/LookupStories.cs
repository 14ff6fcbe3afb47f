using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Explain;

/// <summary>Tells what the lookups asked for each row of a batch, why not, and what they found.</summary>
internal sealed class LookupStories(ReconciliationPlan plan, ConversionContext context, IReadOnlyList<ILookup> lookups)
{
    private readonly ValidLookup[] _lookups = [.. lookups.Select(lookup => lookup.Definition)];
    private readonly KeySelector[] _selectors = [.. lookups.Select((_, index) => KeySelectors.For(plan, context, index))];
    private readonly RecordMatcher _matcher = new(plan.Definition.Lookups);

    public IReadOnlyList<LookupStory>[] Tell(RecordBatch batch)
    {
        List<LookupStory>[] stories = [.. Enumerable.Range(0, batch.RowCount).Select(_ => new List<LookupStory>())];
        for (int index = 0; index < _lookups.Length; index++)
        {
            using var keys = new BatchKeys(batch.RowCount);
            _selectors[index](batch, keys);
            for (int row = 0; row < batch.RowCount; row++)
            {
                stories[row].Add(Tell(batch, row, index, keys));
            }
        }

        return stories;
    }

    private LookupStory Tell(RecordBatch batch, int row, int index, BatchKeys keys)
    {
        ValidLookup lookup = _lookups[index];
        bool isAsked = keys.KeyOf(row) >= 0;
        LookupAnswer answer = batch.Answers[index]!;
        List<long> candidates = [];
        foreach (int candidate in answer.Candidates(row))
        {
            candidates.Add(answer.Rows.HubspotId(candidate));
        }

        return new LookupStory(
            lookup.Role == LookupRole.Match ? RecordMatcher.LegacyIdRule : lookup.Label,
            DefinitionShape.Kebab(lookup.Role.ToString()),
            lookup.Table,
            isAsked ? Keys(batch, row, lookup, Encoding.UTF8.GetString(keys.Key(keys.KeyOf(row)))) : [],
            isAsked ? null : WhyNot(batch, row, lookup, index),
            candidates,
            lookup.Role == LookupRole.Parent ? candidates.Count == 1 : _matcher.Find(batch, row).Lookup == index,
            [.. lookup.Where.Select(condition => condition.Sentence)],
            lookup.InheritsWhere);
    }

    private List<StoryCell> Keys(RecordBatch batch, int row, ValidLookup lookup, string first)
    {
        if (lookup.Role != LookupRole.Fallback)
        {
            return [new StoryCell(lookup.Key, first)];
        }

        List<StoryCell> keys = [new StoryCell(lookup.On[0].Property, first)];
        foreach (MatchKeyDefinition key in lookup.On.Skip(1))
        {
            keys.Add(new StoryCell(key.Property, Convert(batch, row, key, out string? why) ?? $"({why})"));
        }

        return keys;
    }

    private string WhyNot(RecordBatch batch, int row, ValidLookup lookup, int index)
    {
        if (lookup.Role == LookupRole.Fallback)
        {
            RecordMatch earlier = new RecordMatcher(plan.Definition.Lookups.Take(index)).Find(batch, row);
            if (earlier.Status != MatchStatus.Unmatched)
            {
                return $"{earlier.Rule} found something before";
            }

            _ = Convert(batch, row, lookup.On[0], out string? why);
            return why ?? "no key";
        }

        string column = lookup.From ?? plan.Definition.Csv.Id;
        ReadOnlySpan<byte> raw = batch.Field(row, plan.Columns.Source.IndexOf(column));
        _ = lookup.TryReadId(raw, out _, out string? wrong);
        return wrong is null ? $"{column} is empty" : $"{column} is not a legacy id: {wrong}";
    }

    private string? Convert(RecordBatch batch, int row, MatchKeyDefinition key, out string? why)
    {
        ReadOnlySpan<byte> raw = batch.Field(row, plan.Columns.Source.IndexOf(key.Column));
        why = $"{key.Column} is empty";
        if (raw.IsEmpty)
        {
            return null;
        }

        ConvertedValue value = ConversionChain.Compile(FallbackKey.Steps(key), context).Convert(raw, new Utf8Scratch());
        why = value.Failed ? $"{key.Column} cannot be converted: {value.Reason}" : value.IsNull ? why : null;
        return value.Failed || value.IsNull ? null : Encoding.UTF8.GetString(value.Text);
    }
}
