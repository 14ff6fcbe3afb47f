using Recon.Dataflow.Definition;

namespace Recon.Dataflow.Tests.Definition;

public sealed class DefinitionFingerprintTests
{
    [Fact]
    public void Fingerprint_SameContentWrittenOtherwise_IsTheSame()
    {
        string other = DefinitionSamples.Valid
            .Replace("{ \"kind\": \"batch\", \"rows\": 500 }", "{ /* small */ \"rows\": 500, \"capacity\": 2, \"kind\": \"batch\", }", StringComparison.Ordinal)
            .Replace("[\"trim\"]", "[{ \"kind\": \"trim\" }]", StringComparison.Ordinal)
            .Replace("\"postgres\": \"embedded\",", "\"$schema\": \"x\",", StringComparison.Ordinal);

        Assert.Equal(Of(DefinitionSamples.Valid), Of(other));
    }

    [Theory]
    [InlineData("\"rows\": 500", "\"rows\": 501")]
    [InlineData("[\"trim\"]", "[\"domain\"]")]
    [InlineData("[\"trim\"]", "[]")]
    [InlineData("\"FR\"", "\"BE\"")]
    [InlineData("\"equals\": \"1\"", "\"in\": [\"1\"]")]
    public void Fingerprint_OtherContent_Differs(string find, string replacement) =>
        Assert.NotEqual(Of(DefinitionSamples.Valid), Of(DefinitionSamples.With(find, replacement)));

    // A signature that was renewed does not keep a run from being resumed.
    [Fact]
    public void Fingerprint_AddressWithAnotherQuery_IsTheSame()
    {
        string first = Of(DefinitionSamples.With("in/contacts.csv", "https://storage.test/contacts.csv?sig=1"));

        Assert.Equal(first, Of(DefinitionSamples.With("in/contacts.csv", "https://storage.test/contacts.csv?sig=2")));
        Assert.NotEqual(first, Of(DefinitionSamples.With("in/contacts.csv", "https://storage.test/others.csv?sig=1")));
    }

    [Fact]
    public void Fingerprint_Form_IsSha256InHexadecimal() => Assert.Matches("^[0-9a-f]{64}$", Of(DefinitionSamples.Valid));

    [Fact]
    public void FingerprintOf_AnotherPipelineOrTheConnectionChanges_IsTheSame()
    {
        DefinitionReading one = DefinitionSamples.Parse(DefinitionSamples.Valid);
        ReconDefinition changed = one.Definition!.Source with
        {
            Postgres = "env:X",
            Pipelines = [one.Definition.Source.Pipelines[0], one.Definition.Source.Pipelines[0] with { Name = "more" }],
        };

        Assert.Equal(one.FingerprintOf(one.Definition.Pipelines[0]), DefinitionFingerprint.Of(changed, changed.Pipelines[0]));
        Assert.NotEqual(one.Fingerprint, DefinitionFingerprint.Of(changed));
    }

    [Fact]
    public void FingerprintOf_DefaultsChange_Differs()
    {
        DefinitionReading one = DefinitionSamples.Parse(DefinitionSamples.Valid);
        DefinitionReading two = DefinitionSamples.Parse(DefinitionSamples.With("Europe/Paris", "Europe/London"));

        Assert.NotEqual(one.FingerprintOf(one.Definition!.Pipelines[0]), two.FingerprintOf(two.Definition!.Pipelines[0]));
    }

    private static string Of(string json)
    {
        DefinitionReading reading = DefinitionSamples.Parse(json);
        Assert.Empty(reading.Problems);
        return reading.Fingerprint;
    }
}
