using System.Globalization;
using Recon.Cli.Hosting;
using Recon.Dataflow.Definition;
using Recon.Discovery.Proposing;

namespace Recon.Cli.Commands;

/// <summary>Asks what the data does not decide: on a terminal one by one, elsewhere the likelier reading is taken and told.</summary>
internal sealed class InitQuestions(Invocation invocation, bool takesLikelier)
{
    private bool CanAsk => invocation.Context.CanAsk && !takesLikelier && !invocation.Json;

    /// <returns>The proposal with the answers; what nobody answered is still among its questions.</returns>
    public PipelineProposal Ask(PipelineProposal proposal)
    {
        string[] asked = [.. proposal.Questions.Select(question => question.Subject)];
        foreach (Question question in proposal.Questions)
        {
            if (CanAsk)
            {
                int answer = Choose(question.Text, [.. question.Options.Select(option => $"{option.Label} ({option.Evidence})")]) ?? 0;
                PipelineProposal answered = question.Options[answer].Apply(proposal);
                proposal = answered with { Questions = [.. answered.Questions.Where(each => each != question)] };
            }
            else
            {
                invocation.Note($"{question.Text} Taken: {question.Options[0].Label} ({question.Options[0].Evidence}). "
                    + $"Also possible: {string.Join("; ", question.Options.Skip(1).Select(option => $"{option.Label} ({option.Evidence})"))}.");
            }
        }

        return CanAsk ? AskDoubtful(proposal, asked) : proposal;
    }

    // What the values do not settle is in the definition with its doubt, unless somebody wants it as a comment.
    private PipelineProposal AskDoubtful(PipelineProposal proposal, string[] asked)
        => proposal with
        {
            Properties =
            [
                .. proposal.Properties.Select(property => property is not { IsActive: true, IsCertain: false } || (asked.Contains(property.Definition.Property) && property.Definition.Policy != UpdatePolicy.CompareOnly) ? property
                    : Choose($"Is {property.Definition.Column} the property {property.Definition.Property}? {property.Evidence}.", ["yes", "no: a comment in the definition"]) is 1
                        ? property with { IsActive = false }
                        : property with { IsCertain = true, Definition = property.Definition with { Policy = UpdatePolicy.Overwrite }, Evidence = $"{property.Evidence}; confirmed by who was asked" }),
            ],
        };

    /// <summary>Lets somebody choose; null where nobody can.</summary>
    /// <param name="options">The likelier first.</param>
    public int? Choose(string question, IReadOnlyList<string> options)
    {
        if (!CanAsk)
        {
            return null;
        }

        invocation.Context.ErrorLine("");
        Say(question);
        for (int index = 0; index < options.Count; index++)
        {
            Say(string.Create(CultureInfo.InvariantCulture, $"  {index + 1}  {options[index]}"));
        }

        while (true)
        {
            invocation.Context.Error.Write($"1 to {options.Count.ToString(CultureInfo.InvariantCulture)}, Enter for 1: ");
            invocation.Context.Error.Flush();
            string answer = invocation.Context.Input.ReadLine()?.Trim() ?? "";
            if (answer.Length == 0)
            {
                return 0;
            }

            if (int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= options.Count)
            {
                return number - 1;
            }
        }
    }

    private void Say(string line) => invocation.Context.ErrorLine(TextWrap.ToTerminal(line, invocation.Context.ErrorWidth, breakWords: false));
}
