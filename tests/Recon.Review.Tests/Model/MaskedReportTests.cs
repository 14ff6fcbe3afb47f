using CsCheck;
using Recon.Review.Model;
using Recon.Review.Reports;

namespace Recon.Review.Tests.Model;

public sealed class MaskedReportTests
{
    // Of letters that are not x, of which masks are made.
    [Theory]
    [InlineData("html")]
    [InlineData("markdown")]
    [InlineData("json")]
    public void Masked_AnyValue_OccursNowhere(string format)
        => Gen.Select(Gen.Char["QZJWqzjwéß"].Array[5, 30], Gen.Char["@.- 0123456789"].Array[0, 3])
            .Select((letters, others) => new string([.. letters, .. others]))
            .Sample(
                secret =>
                {
                    string text = ReportText.Of(format, detail => MadeUp.Report(secret, masked: true, detail));
                    Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase);
                    Assert.DoesNotContain(secret[..5], text, StringComparison.OrdinalIgnoreCase);
                },
                iter: 50);

    [Fact]
    public void Masked_Options_AreShownAndOthersCounted()
    {
        PropertyFacts[] properties = [.. MadeUp.Report("Secret Name", masked: true).Pipelines[0].Properties];

        PropertyFacts type = properties.Single(property => property.Property == "type");
        TransitionFacts only = Assert.Single(type.Transitions);
        Assert.Equal(("PARTNER", "CUSTOMER", 50), (only.From!.Text, only.To!.Text, only.Records));
        Assert.Empty(only.LegacyIds);
        Assert.Equal(10, type.Others);
        PropertyFacts name = properties.Single(property => property.Property == "name");
        Assert.Empty(name.Transitions);
        Assert.Equal((250, 20, 225, 5, 250), (name.Changes, name.Set, name.Changed, name.Cleared, name.Others));
    }

    [Fact]
    public void Masked_Samples_KeepShapeAndLength()
        => Assert.Equal(new ShownValue("xxx.x@xxxx9", 11), MadeUp.Report("Ann.B@mail1", masked: true).Pipelines[0].RejectedValues[0].Samples[0].Value);

    [Fact]
    public void Plain_ValuesThatAreShownOtherwise_AreNotToPaste()
    {
        RejectedValueFacts values = MadeUp.Report("Kun\u200Bde").Pipelines[0].RejectedValues.Single();

        Assert.Equal(["\"Kunden\": \"CUSTOMER\","], values.Paste);
    }

    [Fact]
    public void Plain_UnmappedValues_HaveTheLineToPaste()
    {
        RejectedValueFacts values = MadeUp.Report("Huhu!").Pipelines[0].RejectedValues.Single();

        Assert.Equal(["\"Kunden\": \"CUSTOMER\","], values.Paste);
        Assert.Contains("\"values\"", values.PasteInto, StringComparison.Ordinal);
        Assert.Equal([("Huhu!", null, null), ("Kunden", "Kunde", "CUSTOMER")], values.Samples.Select(sample => (sample.Value.Text, sample.Nearest, sample.Option)));
    }
}
