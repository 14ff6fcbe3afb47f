using Recon.Dataflow.Explain;
using Recon.Dataflow.Text;
using Recon.Postgres.Runs;

namespace Recon.Cli.Rendering;

/// <summary>Hides the values of records in their stories. Legacy ids, names and reasons stay: the command was asked for an id.</summary>
internal static class MaskedStory
{
    public static RecordExplanation Of(RecordExplanation explanation)
        => explanation with { Records = [.. explanation.Records.Select(Of)] };

    private static RecordStory Of(RecordStory story) => story with
    {
        Notes = Mask.Of(story.Notes),
        Cells = Of(story.Cells),
        // Keys of the other lookups are legacy ids.
        Lookups = [.. story.Lookups.Select(lookup => lookup.Role == "fallback" ? lookup with { Keys = Of(lookup.Keys) } : lookup)],
        Properties = [.. story.Properties.Select(Of)],
        Candidates = [.. story.Candidates.Select(candidate => candidate with
        {
            Values = [.. candidate.Values.Select(value => KeyValuePair.Create(value.Key, Mask.Of(value.Value)))],
        })],
    };

    private static IReadOnlyList<StoryCell> Of(IReadOnlyList<StoryCell> cells)
        => [.. cells.Select(cell => cell with { Value = Mask.Of(cell.Value)! })];

    private static PropertyStory Of(PropertyStory property) => property with
    {
        Raw = Mask.Of(property.Raw),
        Steps = [.. property.Steps.Select(step => step with { Result = Mask.Of(step.Result) })],
        Converted = Mask.Of(property.Converted),
        Hubspot = Mask.Of(property.Hubspot),
    };
}
