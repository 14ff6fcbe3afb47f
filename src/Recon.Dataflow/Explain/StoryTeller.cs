using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Diff;
using Recon.Dataflow.Diff.Repeats;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Explain;

/// <summary>
/// Tells the stories of records: reads, looks up, compares and folds them with the code of a run, one batch at a time,
/// and stages nothing.
/// </summary>
/// <param name="context">Defaults and folder, for the conversions of keys.</param>
/// <param name="lookups">The lookups, in the order of the definition.</param>
/// <param name="kept">Which row of a legacy id somebody decided to keep; <see langword="null"/> where nobody did.</param>
internal sealed class StoryTeller(
    ReconciliationPlan plan, ConversionContext context, IReadOnlyList<ILookup> lookups, RecordDiffer differ, Func<string, KeptRow?>? kept = null)
{
    private readonly LookupStories _lookups = new(plan, context, lookups);
    private readonly RecordMatcher _matcher = new(plan.Definition.Lookups);

    /// <summary>Reads the input to its end and tells the stories of the records that were noted.</summary>
    /// <returns>The stories, in the order of the input.</returns>
    public async Task<IReadOnlyList<RecordStory>> TellAsync(
        BatchReader reader, SeenRecords seen, CancellationToken cancellationToken)
    {
        List<RecordStory> stories = [];
        Dictionary<string, (RepeatSet Set, List<int> Stories)> repeats = new(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken) is { } batch)
        {
            using (batch)
            {
                if (batch.RowCount > 0)
                {
                    await LookUpAsync(batch, cancellationToken);
                    TellBatch(batch, reader, seen, stories, repeats);
                }
            }
        }

        Fold(stories, repeats);
        Settle(stories);
        stories.AddRange(seen.Left.Select(record => record.ToStory(reader.Files[record.File].Name)));
        return [.. stories.OrderBy(story => story.File, StringComparer.Ordinal).ThenBy(story => story.Line)];
    }

    private async Task LookUpAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        while (batch.Answers.Count < lookups.Count)
        {
            batch.Answers.Add(null);
        }

        for (int index = 0; index < lookups.Count; index++)
        {
            batch.Answers[index] = await lookups[index].FindAsync(batch, cancellationToken);
        }
    }

    private void TellBatch(
        RecordBatch batch,
        BatchReader reader,
        SeenRecords seen,
        List<RecordStory> stories,
        Dictionary<string, (RepeatSet Set, List<int> Stories)> repeats)
    {
        IReadOnlyList<LookupStory>[] asked = _lookups.Tell(batch);
        var verdicts = new Verdicts();
        differ.Diff(batch, verdicts);
        string file = reader.Files[batch.Range.File].Name;
        for (int row = 0; row < batch.RowCount; row++)
        {
            RecordVerdict verdict = verdicts.Records[row];
            if (seen.Take(batch.Range.File, batch.ByteOffset(row)) is not { } record)
            {
                continue;
            }

            RejectedRecord? reject = verdict.Status == "rejected"
                ? batch.Rejects.Find(candidate => candidate.ByteOffset == batch.ByteOffset(row))
                : null;
            if (reject is null)
            {
                if (!repeats.TryGetValue(verdict.LegacyId, out (RepeatSet Set, List<int> Stories) group))
                {
                    group = (new RepeatSet(plan, kept?.Invoke(verdict.LegacyId)), []);
                    repeats[verdict.LegacyId] = group;
                }

                group.Set.Add(batch, row, reader.Files.Count > 1 ? file : "");
                group.Stories.Add(stories.Count);
            }

            RecordMatch match = _matcher.Find(batch, row);
            stories.Add(record.ToStory(file) with
            {
                LegacyId = verdict.LegacyId,
                Outcome = verdict.Status,
                Reason = reject?.Reason,
                Message = reject?.Message,
                HubspotId = verdict.HubspotId,
                Rule = verdict.Rule,
                Confidence = match.Confidence,
                Notes = verdict.Notes,
                Rows = reject is null ? 1 : 0,
                Lookups = asked[row],
                Properties = [.. verdict.Properties.Select(property => Tell(property, batch, row))],
                Candidates = match.Status == MatchStatus.Ambiguous ? Candidates(batch.Answers[match.Lookup]!, row) : [],
            });
        }
    }

    private CandidateStory[] Candidates(LookupAnswer answer, int row)
    {
        int[] rows = [.. answer.Candidates(row)];
        List<KeyValuePair<string, string?>>[] values = [.. rows.Select(_ => new List<KeyValuePair<string, string?>>())];
        foreach (PropertyPlan property in plan.Properties)
        {
            string?[] held = [.. rows.Select(candidate => Held(answer.Rows, candidate, property.Mirror))];
            for (int index = 0; held.Distinct().Skip(1).Any() && index < rows.Length; index++)
            {
                values[index].Add(new(property.Definition.Property, held[index]));
            }
        }

        return [.. rows.Select((candidate, index) => new CandidateStory(answer.Rows.HubspotId(candidate), values[index]))];
    }

    private static string? Held(MirrorRows rows, int row, int column)
    {
        ReadOnlySpan<byte> text = MirrorText.Read(rows.Raw(row, column), rows.TypeOf(column), new Utf8Scratch());
        return text.IsEmpty ? null : Encoding.UTF8.GetString(text);
    }

    private static void Fold(List<RecordStory> stories, Dictionary<string, (RepeatSet Set, List<int> Stories)> repeats)
    {
        foreach ((RepeatSet set, List<int> members) in repeats.Values.Where(group => group.Set.Count > 1))
        {
            RepeatVerdict verdict = set.Judge();
            RecordStory stays = stories[members[verdict.Stays]];
            string differing = string.Join(", ", verdict.Differing);
            for (int index = 0; index < members.Count; index++)
            {
                RecordStory story = stories[members[index]];
                stories[members[index]] = index == verdict.Stays
                    ? story with
                    {
                        Outcome = verdict.Outcome == RepeatOutcome.Conflict ? "conflict" : story.Outcome,
                        Rows = members.Count,
                        Message = verdict.Outcome switch
                        {
                            RepeatOutcome.Agree => $"{members.Count - 1} other records with this id agree with it and are folded into it.",
                            RepeatOutcome.Latest => $"{members.Count - 1} other records with this id are not later, and are folded into it.",
                            RepeatOutcome.Kept => $"{members.Count - 1} other records with this id are folded into it, as somebody decided.",
                            _ => "Nothing is updated. Fix the file so that its records with this id agree.",
                        },
                        Notes = set.Note(verdict, story.Notes),
                    }
                    : story with
                    {
                        Outcome = "folded",
                        Rows = 0,
                        Message = verdict.Outcome switch
                        {
                            RepeatOutcome.Agree => $"It agrees with the record of line {stays.Line}, which is staged.",
                            RepeatOutcome.Latest => $"The record of line {stays.Line} is the latest with this id and is staged.",
                            RepeatOutcome.Kept => $"The record of line {stays.Line} is staged, as somebody decided.",
                            _ => $"It differs from the record of line {stays.Line} in {differing}; that one is staged as a conflict.",
                        },
                    };
            }
        }
    }

    private void Settle(List<RecordStory> stories)
    {
        if (plan.Definition.Claims == ClaimPolicy.Many)
        {
            return;
        }

        foreach (IGrouping<long?, int> claims in Enumerable.Range(0, stories.Count)
            .Where(index => stories[index].Outcome == "matched").GroupBy(index => stories[index].HubspotId).ToArray())
        {
            ClaimVerdict verdict = ClaimVerdict.Of(
                claims.Select(index => (stories[index].LegacyId, stories[index].Rule)), claims.Count(), Claims.RulesByStrength(plan.Definition));
            foreach (int index in claims.Where(index => verdict.Loses(stories[index].LegacyId)))
            {
                stories[index] = stories[index].Contested(verdict, listing: null);
            }
        }
    }

    private PropertyStory Tell(PropertyVerdict verdict, RecordBatch batch, int row)
    {
        PropertyPlan property = plan.Properties.First(candidate => candidate.Definition.Property == verdict.Property);
        PropertyReader reader = property.Regions is { } regions ? regions.Of(batch.Field(row, regions.Column), new Utf8Scratch()) : property.Reader;
        return new PropertyStory(
            verdict.Property,
            property.SourceLabel,
            verdict.Raw,
            property.Columns.Length == 0 ? [] : ConversionStep.Trace(reader.Chain, verdict.Raw),
            verdict.Converted,
            verdict.Hubspot,
            verdict.Kind,
            verdict.Rule,
            verdict.CutAt);
    }

    private sealed class Verdicts : IDiffObserver
    {
        public List<RecordVerdict> Records { get; } = [];

        public void OnRecord(RecordBatch batch, int row, RecordVerdict record) => Records.Add(record);
    }
}
