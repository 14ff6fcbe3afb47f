using Recon.Discovery.Proposing;
using Recon.Discovery.Writing;

namespace Recon.Discovery.Tests.Writing;

public sealed class OpenQuestionsTests
{
    [Fact]
    public void In_EncodingThatOthersReadAsWell_IsAskedForAndAnswered()
    {
        Question question = Assert.Single(OpenQuestions.In(Proposals.French with { Questions = [] }).Questions);

        Assert.Equal("csv", question.Subject);
        Assert.Equal("windows-1252", question.Options[0].Apply(Proposals.French).File.Encoding.Value);
        Assert.Equal("iso-8859-1", question.Options[1].Apply(Proposals.French).File.Encoding.Value);
    }

    [Fact]
    public void In_EncodingThatIsCertain_AsksNothingMore()
        => Assert.Equal(Proposals.French.Questions, OpenQuestions.In(Proposals.French with { File = Proposals.Sample.File }).Questions);
}
