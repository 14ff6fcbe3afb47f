using Recon.Discovery.Profiling;
using Recon.Discovery.Proposing;
using Recon.Discovery.Writing;

namespace Recon.Discovery.Tests.Writing;

public sealed class OpenQuestionsTests
{
    [Fact]
    public void In_EncodingThatOthersReadAsWell_IsAskedForAndAnOptionChangesNoProposal()
    {
        Question question = Assert.Single(OpenQuestions.In(Proposals.French with { Questions = [] }).Questions);

        Assert.Equal(("csv", "windows-1252, iso-8859-1"), (question.Subject, string.Join(", ", question.Options.Select(option => option.Label))));
        Assert.All(question.Options, option => Assert.Same(Proposals.French, option.Apply(Proposals.French)));
    }

    [Fact]
    public void Of_ReadingsOfAFile_ReadItAgainAsAnswered()
    {
        FileProfile file = Proposals.French.File with
        {
            Delimiter = new Found<string>(";", false, "", [new OtherReading<string>(",", "")]),
            Header = new Found<bool>(true, false, "", [new OtherReading<bool>(false, "")]),
        };

        ProfileOptions options = OpenQuestions.Of(file).Aggregate(new ProfileOptions(), (options, question) => question.Readings[1].Apply(options));

        Assert.Equal(("iso-8859-1", ",", false), (options.Encoding, options.Delimiter, options.Header));
    }

    [Fact]
    public void In_EncodingThatIsCertain_AsksNothingMore()
        => Assert.Equal(Proposals.French.Questions, OpenQuestions.In(Proposals.French with { File = Proposals.Sample.File }).Questions);
}
