using Recon.Dataflow.Binding;
using Recon.Postgres.Checks;

namespace Recon.Postgres.Tests.Checks;

public sealed class CheckReportTests
{
    [Fact]
    public void ExitCode_WarningsOnly_Is0() => Assert.Equal(0, new CheckReport([Of(FindingSeverity.Ok), Of(FindingSeverity.Warning)]).ExitCode);

    [Fact]
    public void ExitCode_AnError_Is2() => Assert.Equal(2, new CheckReport([Of(FindingSeverity.Ok), Of(FindingSeverity.Error)]).ExitCode);

    [Fact]
    public void ExitCode_OnlyUnreachable_Is4() => Assert.Equal(4, new CheckReport([Of(FindingSeverity.Error) with { ExitCode = 4 }, Of(FindingSeverity.Warning)]).ExitCode);

    [Fact]
    public void ExitCode_UnreachableAndAnError_Is2() => Assert.Equal(2, new CheckReport([Of(FindingSeverity.Error) with { ExitCode = 4 }, Of(FindingSeverity.Error)]).ExitCode);

    [Fact]
    public void Finding_AsText_StartsWithItsPlace()
        => Assert.Equal("pipeline.json:12:7: $.pipelines[0].name: warning: key: It is slow. Do this.", Of(FindingSeverity.Warning).ToString());

    private static Finding Of(FindingSeverity severity)
        => new(severity, "p", "key", "It is slow.", "Do this.", "pipeline.json", new DefinitionLocation("$.pipelines[0].name", 12, 7));
}
