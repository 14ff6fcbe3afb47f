using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>What the file alone leaves open, asked before its definition is written: encodings that read it as well.</summary>
internal static class OpenQuestions
{
    /// <summary>The proposal with its questions, those about the file first.</summary>
    public static PipelineProposal In(PipelineProposal proposal) => proposal with { Questions = [.. Encoding(proposal.File), .. proposal.Questions] };

    private static IEnumerable<Question> Encoding(FileProfile file)
    {
        Found<string> found = file.Encoding;
        if (!found.IsCertain && found.Others.Count > 0)
        {
            yield return new Question(
                "csv",
                $"In which encoding is {file.Path}?",
                [
                    new QuestionOption(found.Value, found.Evidence, same => same),
                    .. found.Others.Select(other => new QuestionOption(other.Value, other.Evidence, proposal => proposal with
                    {
                        File = proposal.File with { Encoding = new Found<string>(other.Value, true, "as somebody answered", []) },
                    })),
                ]);
        }
    }
}
