using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;

namespace Recon.Discovery.Writing;

/// <summary>What the file alone leaves open: encoding, delimiter and header that read it as well.</summary>
internal static class OpenQuestions
{
    /// <summary>The proposal with its questions, those about the file first.</summary>
    /// <remarks>Their options change nothing: the names and values of the proposal are those of the first reading, and another one means to read the file again.</remarks>
    public static PipelineProposal In(PipelineProposal proposal) => proposal with { Questions = [.. Of(proposal.File).Select(Question), .. proposal.Questions] };

    /// <summary>The questions about a file, with the options that read it again.</summary>
    public static IEnumerable<FileQuestion> Of(FileProfile file)
    {
        if (Open($"In which encoding is {file.Path}?", file.Encoding, value => value, (options, value) => options with { Encoding = value }) is { } encoding)
        {
            yield return encoding;
        }

        if (Open($"Which delimiter has {file.Path}?", file.Delimiter, value => value, (options, value) => options with { Delimiter = value }) is { } delimiter)
        {
            yield return delimiter;
        }

        if (Open($"Does the first record of {file.Path} name the columns?", file.Header, value => value ? "yes" : "no", (options, value) => options with { Header = value }) is { } header)
        {
            yield return header;
        }
    }

    private static FileQuestion? Open<T>(string text, Found<T> found, Func<T, string> label, Func<ProfileOptions, T, ProfileOptions> with)
        => found.IsCertain || found.Others.Count == 0 ? null : new FileQuestion(
            text,
            [
                .. found.Others.Select(other => (other.Value, other.Evidence)).Prepend((found.Value, found.Evidence))
                    .Select(reading => new FileReading(label(reading.Value), reading.Evidence, options => with(options, reading.Value))),
            ]);

    private static Question Question(FileQuestion question)
        => new("csv", question.Text, [.. question.Readings.Select(reading => new QuestionOption(reading.Label, reading.Evidence, same => same))]);
}

/// <param name="Text">A whole question for people.</param>
/// <param name="Readings">The likelier first.</param>
internal sealed record FileQuestion(string Text, IReadOnlyList<FileReading> Readings);

/// <param name="Label">The reading, in a few words.</param>
/// <param name="Evidence">What speaks for it.</param>
/// <param name="Apply">Options with which the file is read so.</param>
internal sealed record FileReading(string Label, string Evidence, Func<ProfileOptions, ProfileOptions> Apply);
