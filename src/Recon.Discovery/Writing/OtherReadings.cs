using Recon.Dataflow.Definition;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>What the data would allow, too: the options of questions that nobody answered, as comments.</summary>
internal static class OtherReadings
{
    /// <summary>Other entries that a property could have; for those of other properties nothing.</summary>
    public static IEnumerable<string> Of(PipelineDraft draft, PropertyProposal property)
    {
        foreach (QuestionOption option in Options(draft))
        {
            PropertyDefinition[] others =
            [
                .. option.Apply(draft.Proposal).Properties.Where(other => other.Definition.Property == property.Definition.Property)
                    .Select(other => DraftDefaults.Under(draft.Defaults, other.Definition)),
            ];
            foreach (PropertyDefinition other in others.Where(other => RecordParts.Of(other).Line != RecordParts.Of(property.Definition).Line))
            {
                yield return $"or {RecordParts.Of(other).Line}, // {option.Label}: {option.Evidence}";
            }
        }
    }

    /// <summary>Readings that concern the file or the id; other encodings stand beside theirs.</summary>
    public static IEnumerable<string> OfCsv(PipelineDraft draft, CsvBlockDefinition csv)
    {
        foreach (QuestionOption option in Options(draft))
        {
            PipelineProposal other = option.Apply(draft.Proposal);
            CsvBlockDefinition block = DraftDefaults.Under(draft.Defaults, other.File.ToBlock(draft.Settings.Path, other.Id.Column), other) with
            {
                IdType = other.Id.Type,
                IdForm = other.Id.Form,
                Exclude = csv.Exclude,
            };
            JsonObject now = RecordParts.Of(csv);
            string[] differing = [.. RecordParts.Of(block).Entries.Where(entry => entry.Key is { } key and not "encoding" && now[key]?.Value?.Line != entry.Value?.Line)
                .Select(entry => $"\"{entry.Key}\": {entry.Value?.Line}")];
            if (differing.Length > 0)
            {
                yield return $"Or {string.Join(", ", differing)}: {option.Label} ({option.Evidence})";
            }
        }
    }

    private static IEnumerable<QuestionOption> Options(PipelineDraft draft)
        => draft.Proposal.Questions.SelectMany(question => question.Options.Skip(1));
}
