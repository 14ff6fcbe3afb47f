using System.Text;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Definition;
using Recon.Dataflow.Tests.Definition;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;

namespace Recon.Dataflow.Tests.Values;

public sealed class ValueKindsTests
{
    private const string Place = "\"policy\": \"overwrite\"";

    private static readonly string[] s_spellings =
    [
        "a", "A", " a ", "a  b", "a b", "a\r\nb", "a\nb", "1", "1.0", "01", "1e0", "true", "YES", "2024-01-05", "2024-1-5",
        "2024-01-05T00:00:00Z", "1704412800000", "a;b", ";b;a;", "acme.fr", "https://www.Acme.fr/", "http://acme.fr",
        "a@b.fr", "A@B.fr", "+33612345678", "06 12 34 56 78", "month 13", "é", "E\u0301", "\u00A0",
    ];

    public static TheoryData<string> BareComparisons
        => [.. DefinitionShape.CasesOf(typeof(ComparisonDefinition)).Where(each => each.Shorthand).Select(each => each.Kind)];

    [Theory]
    [InlineData(typeof(ConversionDefinition))]
    [InlineData(typeof(ComparisonDefinition))]
    public void Table_EveryRecordOfTheUnion_IsListedOnceUnderAKindOfItsOwn(Type union)
    {
        string[] records = [.. union.Assembly.GetTypes().Where(type => type.IsSubclassOf(union) && !type.IsAbstract).Select(type => type.Name).Order()];
        IReadOnlyList<(string Kind, Type Type, bool Shorthand)> cases = DefinitionShape.CasesOf(union);

        Assert.Equal(records, cases.Select(each => each.Type.Name).Order());
        Assert.Equal(cases.Count, cases.Select(each => each.Kind).Distinct().Count());
    }

    [Fact]
    public void Compile_EveryKindOfConversion_LeavesABlankBlank()
    {
        foreach (Type type in ValueKinds.Conversions)
        {
            ConversionDefinition definition = Converting.Definition(type);

            Assert.True(definition.Compile(Converting.Context).Convert(" "u8, new Utf8Scratch()).IsNull || !Trims(definition), definition.Kind);
        }
    }

    [Fact]
    public void Compile_EveryKindOfComparison_IsReflexiveAndSymmetric()
    {
        byte[][] spellings = [.. s_spellings.Select(Encoding.UTF8.GetBytes), [0xC3, 0x28]];
        foreach (IComparison comparison in Converting.Comparisons)
        {
            foreach (byte[] one in spellings)
            {
                Assert.True(comparison.AreEqual(one, one.ToArray(), new Utf8Scratch()), comparison.ToString());
                Assert.All(spellings, other => Assert.Equal(
                    comparison.AreEqual(one, other, new Utf8Scratch()), comparison.AreEqual(other, one, new Utf8Scratch())));
            }
        }
    }

    [Theory]
    [MemberData(nameof(BareComparisons))]
    public void Compare_BareNameOrObject_IsTheSameRecordAndFingerprint(string kind)
    {
        DefinitionReading bare = DefinitionSamples.Parse(DefinitionSamples.With(Place, $"\"compare\": \"{kind}\""));
        DefinitionReading spelledOut = DefinitionSamples.Parse(DefinitionSamples.With(Place, $"\"compare\": {{ \"kind\": \"{kind}\" }}"));

        Assert.Empty(bare.Problems.Concat(spelledOut.Problems));
        Assert.Equal(Converting.ComparisonDefinition(kind), Compare(bare));
        Assert.Equal(Compare(bare), Compare(spelledOut));
        Assert.Equal(bare.Fingerprint, spelledOut.Fingerprint);
    }

    [Fact]
    public void Compare_PhoneOfARegion_ReadsNationalNumbersThere()
    {
        DefinitionReading reading = DefinitionSamples.Parse(DefinitionSamples.With(Place, "\"compare\": { \"kind\": \"phone\", \"region\": \"GB\" }"));

        Assert.Empty(reading.Problems);
        Assert.Equal(new PhoneComparisonDefinition { Region = "GB" }, Compare(reading));
        Assert.NotEqual(DefinitionSamples.Parse(DefinitionSamples.With(Place, "\"compare\": \"phone\"")).Fingerprint, reading.Fingerprint);
        Assert.True(Compare(reading)!.Compile(Converting.Context).AreEqual("+442079460958"u8, "020 7946 0958"u8, new Utf8Scratch()));
        Assert.False(Converting.Comparison("phone").AreEqual("+442079460958"u8, "020 7946 0958"u8, new Utf8Scratch()));
    }

    [Theory]
    [InlineData("\"dat\"", "", "unknown kind 'dat'; did you mean 'date'? allowed: {kinds}")]
    [InlineData("\"same\"", "", "unknown kind 'same'; allowed: {kinds}")]
    [InlineData("\"Date\"", "", "unknown kind 'Date'; did you mean 'date'? allowed: {kinds}")]
    [InlineData("12", "", "must be an object or one of {kinds}, not a number")]
    [InlineData("{ \"kind\": \"phon\" }", ".kind", "unknown kind 'phon'; did you mean 'phone'?")]
    [InlineData("{ \"region\": \"GB\" }", "", "missing key 'kind': one of {kinds}")]
    [InlineData("{ \"kind\": \"number\", \"region\": \"GB\" }", ".region", "unknown key 'region'; allowed: kind")]
    [InlineData("{ \"kind\": \"phone\", \"region\": \"UK\" }", ".region", "'UK' is not an ISO 3166 region with a numbering plan.")]
    public void Compare_Wrong_PointsAtItAndNamesWhatIsAllowed(string compare, string below, string message)
    {
        string kinds = string.Join(", ", DefinitionShape.CasesOf(typeof(ComparisonDefinition)).Select(each => each.Kind));
        string json = DefinitionSamples.With(Place, $"\"compare\": {compare}");
        DefinitionProblem problem = Assert.Single(DefinitionSamples.Parse(json).Problems);

        Assert.Equal($"$.pipelines[0].blocks[5].properties[1].compare{below}", problem.JsonPath);
        string[] lines = json.Split('\n');
        int line = Array.FindIndex(lines, text => text.Contains($"\"compare\": {compare}", StringComparison.Ordinal));
        int start = lines[line].IndexOf(compare, StringComparison.Ordinal) + 1;
        Assert.Equal(line + 1, problem.Line);
        Assert.InRange(problem.Column, start, start + compare.Length);
        Assert.Contains(message.Replace("{kinds}", kinds, StringComparison.Ordinal), problem.Message, StringComparison.Ordinal);
    }

    // Letters and lengths are changed where they stand; custom conversions get trimmed values.
    private static bool Trims(ConversionDefinition definition)
        => definition.Kind is not ("upper" or "lower" or "title" or "truncate" or "normalize" or "replace" or "html" or "custom");

    private static ComparisonDefinition? Compare(DefinitionReading reading) => reading.Definition!.Pipelines[0].Diff.Properties[1].Compare;
}
