using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Values;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData("text", " a\r\nb\u00A0", "a\nb")]
    [InlineData("text", "a\rb", "a\nb")]
    [InlineData("text", "a\u200Bb\uFEFF", "ab")]
    [InlineData("text", "10\u202F000\u00A0€", "10 000 €")]
    [InlineData("text", "éé\r\néé x\r\n", "éé\néé x")]
    [InlineData("text-ignoring-whitespace", "a  b\n\n c", "a b c")]
    [InlineData("number", "17", "17.0")]
    [InlineData("number", "17", "017")]
    [InlineData("number", "17", "1.7E1")]
    [InlineData("number", "17", "17,00")]
    [InlineData("number", "17", "+170e-1")]
    [InlineData("number", "0", "-0.000")]
    [InlineData("number", "0.05", ".050")]
    [InlineData("number", "12500000", "1.25e+07")]
    [InlineData("boolean", "true", "TRUE")]
    [InlineData("boolean", "true", "1")]
    [InlineData("boolean", "false", "n")]
    [InlineData("date", "2024-01-05", "2024-01-05T00:00:00.000Z")]
    [InlineData("date", "2024-01-05", "1704412800000")]
    [InlineData("date", "2024-01-05", "2024-1-5")]
    [InlineData("date", "2024-01-05", "2024-01-05 00:00:00")]
    [InlineData("date", "2024-01-05", "2024-01-05T01:00:00+01:00")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "1704445200000")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "1704445200000.0")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "2024-01-05 10:00:00.000000+01")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "2024-01-05T09:00")]
    [InlineData("datetime", "2024-01-05T09:00:00.123Z", "2024-01-05T09:00:00.123456Z")]
    [InlineData("datetime", "1969-12-31T23:59:59.999Z", "-1")]
    [InlineData("enumeration", "Customer", " Customer\u200B")]
    [InlineData("multi-select", "a;b", ";b;a;")]
    [InlineData("multi-select", "a;b", "b; a;a")]
    [InlineData("domain", "acme.fr", "https://www.Acme.fr/x")]
    [InlineData("email", "a@b.fr", "A@B.fr ")]
    [InlineData("phone", "+33612345678", "06 12 34 56 78")]
    [InlineData("url", "https://www.acme.fr", "http://WWW.acme.fr/")]
    [InlineData("number", "month 13", " month 13")]
    [InlineData("text", "École d’été", "E\u0301cole d’e\u0301te\u0301")]
    [InlineData("text", "e\u200B\u0301", "é")]
    [InlineData("text", "caf\u00e9\r\n", "cafe\u0301\n")]
    [InlineData("text-ignoring-whitespace", "Noël  noir", "Noe\u0308l noir")]
    [InlineData("enumeration", "Fermé", "Ferme\u0301")]
    [InlineData("multi-select", "Été;Noël", "Noe\u0308l;E\u0301te\u0301")]
    [InlineData("domain", "café.fr", "https://www.CAFE\u0301.fr/x")]
    [InlineData("email", "rené@acme.fr", "Rene\u0301@acme.fr")]
    [InlineData("url", "https://acme.fr/été", "http://acme.fr/e\u0301te\u0301")]
    public void AreEqual_SameMeaning_IsTrue(string kind, string left, string right)
        => Assert.True(AreEqual(kind, left, right));

    [Theory]
    [InlineData("text", "a b", "ab")]
    [InlineData("text", "a  b", "a b")]
    [InlineData("text", "A", "a")]
    [InlineData("text", "abc", "abcd")]
    [InlineData("text", "a\n\nb", "a\nb")]
    [InlineData("text", "été", "e\u0300te\u0301")]
    [InlineData("enumeration", "Fermé", "Ferme")]
    [InlineData("text-ignoring-whitespace", "a b", "ab")]
    [InlineData("number", "17", "17.01")]
    [InlineData("number", "17", "-17")]
    [InlineData("number", "17", "170")]
    [InlineData("number", "1234", "1,234")]
    [InlineData("number", "1.234", "1,234")]
    [InlineData("number", "12", "month 13")]
    [InlineData("number", "1", "1e")]
    [InlineData("boolean", "true", "false")]
    [InlineData("boolean", "true", "2")]
    [InlineData("date", "2024-01-05", "2024-01-06")]
    [InlineData("date", "2024-01-05", "2024-01-05T10:00:00Z")]
    [InlineData("date", "2024-01-05", "month 13")]
    [InlineData("date", "2024-01-05", "05/01/2024")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "2024-01-05T09:00:00.001Z")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "2024-01-05T09:00:00+01:00")]
    [InlineData("enumeration", "Customer", "customer")]
    [InlineData("multi-select", "a;b", "a")]
    [InlineData("multi-select", "a;b", "a;B")]
    [InlineData("domain", "acme.fr", "shop.acme.fr")]
    [InlineData("domain", "acme.fr", "n/a")]
    [InlineData("email", "a@b.fr", "a@c.fr")]
    [InlineData("phone", "+33612345678", "+33612345679")]
    [InlineData("phone", "+33612345678", "none")]
    [InlineData("url", "https://acme.fr/a", "https://acme.fr/A")]
    public void AreEqual_OtherMeaning_IsFalse(string kind, string left, string right)
        => Assert.False(AreEqual(kind, left, right));

    [Fact]
    public void AreEqual_LongMultiSelect_ComparesAsSets()
    {
        string[] items = [.. Enumerable.Range(0, 2000).Select(number => $"item{number}")];

        Assert.True(AreEqual("multi-select", string.Join(';', items), string.Join(';', items.Reverse())));
        Assert.False(AreEqual("multi-select", string.Join(';', items), string.Join(';', items.Skip(1))));
    }

    [Theory]
    [InlineData("datetime", MirrorType.Int8, true)]
    [InlineData("datetime", MirrorType.Int4, false)]
    [InlineData("datetime", MirrorType.Date, false)]
    [InlineData("datetime", MirrorType.TimestampTz, true)]
    [InlineData("date", MirrorType.Timestamp, true)]
    [InlineData("date", MirrorType.Boolean, false)]
    [InlineData("number", MirrorType.Numeric, true)]
    [InlineData("number", MirrorType.Date, false)]
    [InlineData("boolean", MirrorType.Boolean, true)]
    [InlineData("boolean", MirrorType.Float8, false)]
    [InlineData("email", MirrorType.Int8, false)]
    [InlineData("text", MirrorType.Numeric, false)]
    [InlineData("enumeration", MirrorType.Boolean, true)]
    [InlineData("number", MirrorType.Text, true)]
    [InlineData("date", MirrorType.Jsonb, true)]
    public void WhyNot_MirrorType_IsJudgedByTheComparison(string kind, object type, bool good)
        => Assert.Equal(good, Converting.ComparisonDefinition(kind).WhyNot((MirrorType)type) is null);

    private static bool AreEqual(string kind, string left, string right)
        => Converting.Comparison(kind)
            .AreEqual(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right), new Utf8Scratch());
}
