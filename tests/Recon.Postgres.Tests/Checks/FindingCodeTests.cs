using System.Text.RegularExpressions;
using Recon.Postgres.Checks;
using Recon.Testing;

namespace Recon.Postgres.Tests.Checks;

public sealed partial class FindingCodeTests
{
    [Fact]
    public void Codes_OfEverySubjectInTheSources_AreKnown()
    {
        string[] subjects =
        [
            .. Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Recon.Postgres", "Checks"), "*.cs")
                .SelectMany(file => Subject().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups[1].Value),
        ];

        Assert.True(subjects.Length > 40);
        Assert.All(subjects, subject => Assert.NotEqual("other", FindingCode.Of(subject).Id));
    }

    [Theory]
    [InlineData("column hubspot.companies.name", "column")]
    [InlineData("columns of hubspot.companies", "columns")]
    [InlineData("connections", "connections")]
    [InlineData("connection", "connection")]
    [InlineData("index on hubspot.companies.key", "index")]
    [InlineData("repeated keys in hubspot.companies.key", "repeated-keys")]
    [InlineData("server version", "server-version")]
    [InlineData("where, column hubspot.companies.archived", "where")]
    [InlineData("anything new", "other")]
    public void Of_Subject_IsItsKind(string subject, string code) => Assert.Equal(code, FindingCode.Of(subject).Id);

    [Fact]
    public void All_Codes_AreDifferent()
        => Assert.Equal(FindingCode.All.Count, FindingCode.All.Select(code => code.Id).Distinct(StringComparer.Ordinal).Count());

    [GeneratedRegex("""(?:(?:[lL]og|target|own)\.(?:Ok|Warn|Error|Unreachable)\(\s*|subject = |GuardAsync\(\s*)\$?"([^"{]+)""")]
    private static partial Regex Subject();
}
