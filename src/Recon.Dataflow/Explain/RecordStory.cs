using Recon.Dataflow.Diff;
using Recon.Dataflow.Lookup;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Explain;

/// <summary>What happened to one record, from the file to the staging table. Holds personal data: mask it before it leaves.</summary>
internal sealed record RecordStory
{
    /// <summary>The canonical legacy id; as the file has it where there is no canonical one.</summary>
    public required string LegacyId { get; init; }

    public required string File { get; init; }

    /// <summary>The line on which the record starts, from 1.</summary>
    public required long Line { get; init; }

    /// <summary>Where the record starts, in bytes of the input as UTF-8.</summary>
    public required long ByteOffset { get; init; }

    /// <summary>The cells under their names, as the file has them; one without a name for a malformed record.</summary>
    public required IReadOnlyList<StoryCell> Cells { get; init; }

    /// <summary>
    /// What came of it: <c>matched</c>, <c>unmatched</c>, <c>ambiguous</c>, <c>conflict</c>, <c>folded</c>, <c>filtered</c>
    /// or <c>rejected</c>.
    /// </summary>
    public required string Outcome { get; init; }

    /// <summary>The filter's name or the reject's code; <see langword="null"/> for other outcomes.</summary>
    public string? Reason { get; init; }

    /// <summary>What that means, for people; <see langword="null"/> where there is nothing to add.</summary>
    public string? Message { get; init; }

    /// <summary>The HubSpot record; <see langword="null"/> unless there is exactly one.</summary>
    public long? HubspotId { get; init; }

    /// <summary>The match rule that decided; <see langword="null"/> when nothing was found.</summary>
    public string? Rule { get; init; }

    /// <summary>Confidence of the match, in percent.</summary>
    public double Confidence { get; init; }

    /// <summary>The staged notes; <see langword="null"/> for none.</summary>
    public string? Notes { get; init; }

    /// <summary>The rows of the file with this id that are staged as this one, itself included; 0 when it is not staged.</summary>
    public int Rows { get; init; }

    /// <summary>What was looked up, in order: the keys tried, then the parents.</summary>
    public IReadOnlyList<LookupStory> Lookups { get; init; } = [];

    /// <summary>What was decided about each property.</summary>
    public IReadOnlyList<PropertyStory> Properties { get; init; } = [];

    /// <summary>The HubSpot records between which nothing decides; empty for a record that is not ambiguous, or by its own claim.</summary>
    public IReadOnlyList<CandidateStory> Candidates { get; init; } = [];

    /// <summary>The story of a matched record that lost its HubSpot record to other claimants.</summary>
    /// <param name="listing">The query that lists all claimants; <see langword="null"/> for none.</param>
    public RecordStory Contested(ClaimVerdict verdict, string? listing) => this with
    {
        Outcome = "ambiguous",
        HubspotId = null,
        Confidence = 0,
        Message = "Nothing is updated: other legacy records claim the same HubSpot record.",
        Notes = verdict.Note(HubspotId!.Value, listing, Notes),
    };
}

/// <param name="Values">What it holds, of the compared properties in which the candidates differ.</param>
internal sealed record CandidateStory(long HubspotId, IReadOnlyList<KeyValuePair<string, string?>> Values);

internal sealed record StoryCell(string Name, string Value);

/// <param name="Name">The match rule, or the parent's name.</param>
/// <param name="Keys">The keys under their mirror columns, as they were asked for; empty when nothing was asked.</param>
/// <param name="NotAsked">Why nothing was asked; <see langword="null"/> when something was.</param>
/// <param name="Decided">Whether this lookup gave the record its HubSpot record, its ambiguity, or its parent.</param>
/// <param name="Where">The conditions on mirror rows that hold for it, as sentences.</param>
/// <param name="InheritsWhere">Whether they are the match lookup's.</param>
internal sealed record LookupStory(
    string Name,
    string Role,
    string Table,
    IReadOnlyList<StoryCell> Keys,
    string? NotAsked,
    IReadOnlyList<long> Candidates,
    bool Decided,
    IReadOnlyList<string> Where,
    bool InheritsWhere);

/// <param name="Source">The column or columns that it is made from, the parent, or <c>constant</c>.</param>
/// <param name="Raw">The legacy text before conversion; <see langword="null"/> for none.</param>
/// <param name="Converted">The legacy text after conversion; <see langword="null"/> for none.</param>
/// <param name="Rule">The comparison, policy or reject reason that decided.</param>
/// <param name="CutAt">The length at which the legacy text was cut; <see langword="null"/> where it was not.</param>
internal sealed record PropertyStory(
    string Property,
    string Source,
    string? Raw,
    IReadOnlyList<ConversionStep> Steps,
    string? Converted,
    string? Hubspot,
    VerdictKind Verdict,
    string Rule,
    TextLength? CutAt);
