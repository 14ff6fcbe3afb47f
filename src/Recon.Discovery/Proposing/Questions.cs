using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Time;
using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing.Matching;

namespace Recon.Discovery.Proposing;

/// <summary>Asks people what neither the file nor the mirror decides.</summary>
/// <param name="propose">Makes the proposal of a choice.</param>
internal sealed class Questions(PairedRows pairs, Func<PropertyChoice, PropertyProposal> propose)
{
    private const int MostOptions = 4;
    private const int FewPairs = 25;

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

    // Dates and numbers that can be read in several ways, and too few pairs to tell.
    private Question? Spelling(PropertyChoice choice)
    {
        ColumnProfile column = pairs.File[choice.Candidate.File];
        if (column.Conversion is not { IsCertain: false, Others.Count: > 0 } found || choice.Candidate.Agreement is { Pairs: >= FewPairs, IsSignificant: true })
        {
            return null;
        }

        PropertyProposal proposed = propose(choice);
        (ConversionDefinition Conversion, string Evidence)[] readings =
            [.. found.Others.Select(other => (other.Value, other.Evidence)).Prepend((found.Value, found.Evidence)).Where(reading => proposed.Definition.Convert is [var step] && reading.Value.Kind == step.Kind)];
        return readings.Length < 2 ? null : new Question(
            proposed.Definition.Property,
            $"How is {column.Name} written? Its values can be read in several ways, and too few of the mirror's say which.",
            [.. readings.Take(MostOptions).Select(reading => new QuestionOption(
                reading.Conversion.Label + Options(reading.Conversion),
                reading.Evidence,
                proposal => With(proposal, proposed with { Definition = proposed.Definition with { Convert = [reading.Conversion] } })))]);
    }

    private static string Options(ConversionDefinition conversion) => conversion switch
    {
        DateDefinition { Formats.Count: > 0 } date => $" {string.Join(", ", date.Formats)}",
        DatetimeDefinition { Formats.Count: > 0 } time => $" {string.Join(", ", time.Formats)}",
        NumericDefinition number => $" {number.Culture.ToString().ToLowerInvariant()}",
        _ => "",
    };

    private static PipelineProposal With(PipelineProposal proposal, PropertyProposal property)
        => proposal with { Properties = [.. proposal.Properties.Select(other => other.Definition.Property == property.Definition.Property ? property : other)] };
}
