using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Values;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData(ComparisonKind.Text, " a\r\nb\u00A0", "a\nb")]
    [InlineData(ComparisonKind.Text, "a\rb", "a\nb")]
    [InlineData(ComparisonKind.Text, "a\u200Bb\uFEFF", "ab")]
    [InlineData(ComparisonKind.Text, "10\u202F000\u00A0€", "10 000 €")]
    [InlineData(ComparisonKind.Text, "éé\r\néé x\r\n", "éé\néé x")]
    [InlineData(ComparisonKind.TextIgnoringWhitespace, "a  b\n\n c", "a b c")]
    [InlineData(ComparisonKind.Number, "17", "17.0")]
    [InlineData(ComparisonKind.Number, "17", "017")]
    [InlineData(ComparisonKind.Number, "17", "1.7E1")]
    [InlineData(ComparisonKind.Number, "17", "17,00")]
    [InlineData(ComparisonKind.Number, "17", "+170e-1")]
    [InlineData(ComparisonKind.Number, "0", "-0.000")]
    [InlineData(ComparisonKind.Number, "0.05", ".050")]
    [InlineData(ComparisonKind.Number, "12500000", "1.25e+07")]
    [InlineData(ComparisonKind.Boolean, "true", "TRUE")]
    [InlineData(ComparisonKind.Boolean, "true", "1")]
    [InlineData(ComparisonKind.Boolean, "false", "n")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "2024-01-05T00:00:00.000Z")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "1704412800000")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "2024-1-5")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "2024-01-05 00:00:00")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "2024-01-05T01:00:00+01:00")]
    [InlineData(ComparisonKind.Datetime, "2024-01-05T09:00:00Z", "1704445200000")]
    [InlineData(ComparisonKind.Datetime, "2024-01-05T09:00:00Z", "1704445200000.0")]
    [InlineData(ComparisonKind.Datetime, "2024-01-05T09:00:00Z", "2024-01-05 10:00:00.000000+01")]
    [InlineData(ComparisonKind.Datetime, "2024-01-05T09:00:00Z", "2024-01-05T09:00")]
    [InlineData(ComparisonKind.Datetime, "2024-01-05T09:00:00.123Z", "2024-01-05T09:00:00.123456Z")]
    [InlineData(ComparisonKind.Datetime, "1969-12-31T23:59:59.999Z", "-1")]
    [InlineData(ComparisonKind.Enumeration, "Customer", " Customer\u200B")]
    [InlineData(ComparisonKind.MultiSelect, "a;b", ";b;a;")]
    [InlineData(ComparisonKind.MultiSelect, "a;b", "b; a;a")]
    [InlineData(ComparisonKind.Domain, "acme.fr", "https://www.Acme.fr/x")]
    [InlineData(ComparisonKind.Email, "a@b.fr", "A@B.fr ")]
    [InlineData(ComparisonKind.Phone, "+33612345678", "06 12 34 56 78")]
    [InlineData(ComparisonKind.Url, "https://www.acme.fr", "http://WWW.acme.fr/")]
    [InlineData(ComparisonKind.Number, "month 13", " month 13")]
    public void AreEqual_SameMeaning_IsTrue(object kind, string left, string right)
        => Assert.True(AreEqual((ComparisonKind)kind, left, right));

    [Theory]
    [InlineData(ComparisonKind.Text, "a b", "ab")]
    [InlineData(ComparisonKind.Text, "a  b", "a b")]
    [InlineData(ComparisonKind.Text, "A", "a")]
    [InlineData(ComparisonKind.Text, "abc", "abcd")]
    [InlineData(ComparisonKind.Text, "a\n\nb", "a\nb")]
    [InlineData(ComparisonKind.TextIgnoringWhitespace, "a b", "ab")]
    [InlineData(ComparisonKind.Number, "17", "17.01")]
    [InlineData(ComparisonKind.Number, "17", "-17")]
    [InlineData(ComparisonKind.Number, "17", "170")]
    [InlineData(ComparisonKind.Number, "1234", "1,234")]
    [InlineData(ComparisonKind.Number, "1.234", "1,234")]
    [InlineData(ComparisonKind.Number, "12", "month 13")]
    [InlineData(ComparisonKind.Number, "1", "1e")]
    [InlineData(ComparisonKind.Boolean, "true", "false")]
    [InlineData(ComparisonKind.Boolean, "true", "2")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "2024-01-06")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "2024-01-05T10:00:00Z")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "month 13")]
    [InlineData(ComparisonKind.Date, "2024-01-05", "05/01/2024")]
    [InlineData(ComparisonKind.Datetime, "2024-01-05T09:00:00Z", "2024-01-05T09:00:00.001Z")]
    [InlineData(ComparisonKind.Datetime, "2024-01-05T09:00:00Z", "2024-01-05T09:00:00+01:00")]
    [InlineData(ComparisonKind.Enumeration, "Customer", "customer")]
    [InlineData(ComparisonKind.MultiSelect, "a;b", "a")]
    [InlineData(ComparisonKind.MultiSelect, "a;b", "a;B")]
    [InlineData(ComparisonKind.Domain, "acme.fr", "shop.acme.fr")]
    [InlineData(ComparisonKind.Domain, "acme.fr", "n/a")]
    [InlineData(ComparisonKind.Email, "a@b.fr", "a@c.fr")]
    [InlineData(ComparisonKind.Phone, "+33612345678", "+33612345679")]
    [InlineData(ComparisonKind.Phone, "+33612345678", "none")]
    [InlineData(ComparisonKind.Url, "https://acme.fr/a", "https://acme.fr/A")]
    public void AreEqual_OtherMeaning_IsFalse(object kind, string left, string right)
        => Assert.False(AreEqual((ComparisonKind)kind, left, right));

    [Fact]
    public void AreEqual_LongMultiSelect_ComparesAsSets()
    {
        string[] items = [.. Enumerable.Range(0, 2000).Select(number => $"item{number}")];

        Assert.True(AreEqual(ComparisonKind.MultiSelect, string.Join(';', items), string.Join(';', items.Reverse())));
        Assert.False(AreEqual(ComparisonKind.MultiSelect, string.Join(';', items), string.Join(';', items.Skip(1))));
    }

    [Theory]
    [InlineData(ComparisonKind.TextIgnoringWhitespace, "text-ignoring-whitespace")]
    [InlineData(ComparisonKind.MultiSelect, "multi-select")]
    [InlineData(ComparisonKind.Datetime, "datetime")]
    [InlineData(ComparisonKind.Phone, "phone")]
    public void Kind_IsSpelledAsInTheDefinition(object kind, string expected)
        => Assert.Equal(expected, Comparison.For((ComparisonKind)kind, Converting.Context).Kind);

    private static bool AreEqual(ComparisonKind kind, string left, string right)
        => Comparison.For(kind, Converting.Context)
            .AreEqual(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right), new Utf8Scratch());
}
