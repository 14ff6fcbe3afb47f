using Recon.Dataflow.Batches;
using Recon.Dataflow.Definition;
using Recon.Discovery.Profiling;

namespace Recon.Discovery.Proposing;

/// <summary>What a definition of one pipeline could be, with the evidence for each part.</summary>
internal sealed record PipelineProposal
{
    public required FileProfile File { get; init; }

    /// <summary>The mirror table, with its schema.</summary>
    public required string Table { get; init; }

    public required IdProposal Id { get; init; }

    /// <summary>In the order of the file's columns; each property at most once, each column as often as it fits.</summary>
    public required IReadOnlyList<PropertyProposal> Properties { get; init; }

    public required IReadOnlyList<ParentProposal> Parents { get; init; }

    /// <summary>Records that the file marks as deleted.</summary>
    public required IReadOnlyList<FilterProposal> Exclude { get; init; }

    /// <summary>Records of the mirror that do not count, such as archived ones: the lookup's <c>where</c>.</summary>
    public required IReadOnlyList<FilterProposal> Where { get; init; }

    /// <summary>Columns of the file that become nothing, with the reason.</summary>
    public required IReadOnlyList<LeftOut> Unmapped { get; init; }

    /// <summary>Columns of the mirror that nothing becomes, with the reason.</summary>
    public required IReadOnlyList<LeftOut> MirrorUnmapped { get; init; }

    /// <summary>What the data does not decide. Their answers are in the proposal as the likelier reading until somebody says otherwise.</summary>
    public required IReadOnlyList<Question> Questions { get; init; }

    /// <summary>The tables that could be meant, the likeliest first; empty where the user named one.</summary>
    public IReadOnlyList<TableProposal> Tables { get; init; } = [];
}

/// <param name="Column">The id's column in the file.</param>
/// <param name="Key">The mirror column that holds legacy ids.</param>
/// <param name="HubspotId">The mirror column with HubSpot's own id.</param>
/// <param name="Asked">Distinct ids of the sample that the mirror was asked for.</param>
/// <param name="Shared">Those that it has.</param>
internal sealed record IdProposal(
    string Column, string Key, string HubspotId, IdType Type, IdForm Form, MirrorKeys MirrorKeys, long Asked, long Shared, bool IsCertain, string Evidence);

/// <param name="Definition">The entry of the diff block: column, property, conversions, comparison, map.</param>
/// <param name="Pairs">Records with a value on both sides.</param>
/// <param name="Agree">Those whose values mean the same.</param>
/// <param name="IsCertain">Whether it may stand in a definition that nobody has read: no other column or property comes near, by values.</param>
/// <param name="IsActive">Whether the definition should have it; as a comment otherwise.</param>
/// <param name="Map">For enumerations: what each legacy value becomes, with the pairs that say so.</param>
internal sealed record PropertyProposal(
    PropertyDefinition Definition, long Pairs, long Agree, bool IsCertain, bool IsActive, string Evidence, IReadOnlyList<MappedValue> Map);

/// <param name="Agree">Pairs in which the legacy value stands beside the HubSpot value.</param>
/// <param name="Pairs">Pairs with the legacy value.</param>
internal sealed record MappedValue(string Legacy, string Hubspot, long Agree, long Pairs);

/// <param name="Name">The lookup's name: <c>company</c>.</param>
/// <param name="Column">The column of the file with the parent's legacy id.</param>
internal sealed record ParentProposal(
    string Name, string Column, string Table, string Key, string HubspotId, IdType Type, long Asked, long Shared, bool IsCertain, string Evidence);

/// <param name="Name">What the filter is called in counts; not used for the mirror's.</param>
internal sealed record FilterProposal(string Name, string Column, string EqualTo, string Evidence);

internal sealed record LeftOut(string Column, string Why);

/// <summary>Something that the data does not decide.</summary>
/// <param name="Subject">What it is about: a column, a property, or <c>csv</c>, with which the answers are found again.</param>
/// <param name="Text">A whole question for people.</param>
/// <param name="Options">The readings, the likelier first; the proposal has the first one.</param>
internal sealed record Question(string Subject, string Text, IReadOnlyList<QuestionOption> Options);

/// <param name="Label">The reading, in a few words.</param>
/// <param name="Evidence">What speaks for it.</param>
/// <param name="Apply">The proposal with this reading.</param>
internal sealed record QuestionOption(string Label, string Evidence, Func<PipelineProposal, PipelineProposal> Apply);
