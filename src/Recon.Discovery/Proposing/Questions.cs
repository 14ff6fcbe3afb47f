using Recon.Discovery.Proposing.Matching;

namespace Recon.Discovery.Proposing;

/// <summary>Asks people what neither the file nor the mirror decides.</summary>
/// <param name="propose">Makes the proposal of a choice.</param>
internal sealed class Questions(PairedRows pairs, Func<PropertyChoice, PropertyProposal> propose)
{
    private const int MostOptions = 4;

    public IEnumerable<Question> Of(IEnumerable<PropertyChoice> choices)
        => choices.Where(choice => choice is { IsCertain: false, IsActive: true }).SelectMany(choice => (Question?[])[Column(choice), Spelling(choice)]).OfType<Question>();

    // Two columns with the same values.
    private Question? Column(PropertyChoice choice)
    {
        if (choice.Rivals.Count == 0)
        {
            return null;
        }

        PropertyProposal[] options = [.. choice.Rivals.Select(rival => choice with { Candidate = rival, Rivals = [] }).Prepend(choice).Take(MostOptions).Select(propose)];
        string property = options[0].Definition.Property;
        return new Question(
            property,
            $"Which column of the file is {property}? Their values agree with it about as often.",
            [.. options.Select(option => new QuestionOption(
                option.Definition.Column ?? property, Evidence.Share((int)option.Agree, (int)option.Pairs), proposal => With(proposal, option with { IsActive = true })))]);
    }

    // Dates, times and numbers that can be read in several ways, between which the mirror's values do not decide.
    private Question? Spelling(PropertyChoice choice)
    {
        if (choice.Readings.Count < 2)
        {
            return null;
        }

        PropertyProposal proposed = propose(choice);
        return new Question(
            proposed.Definition.Property,
            $"How is {pairs.File[choice.Candidate.File].Name} written? Its values can be read in several ways, and the mirror's do not say which.",
            [.. choice.Readings.Take(MostOptions).Select(reading => new QuestionOption(
                reading.Label,
                reading.Evidence,
                proposal => With(proposal, proposed with { Definition = proposed.Definition with { Convert = [reading.Conversion] } })))]);
    }

    private static PipelineProposal With(PipelineProposal proposal, PropertyProposal property)
        => proposal with { Properties = [.. proposal.Properties.Select(other => other.Definition.Property == property.Definition.Property ? property : other)] };
}
