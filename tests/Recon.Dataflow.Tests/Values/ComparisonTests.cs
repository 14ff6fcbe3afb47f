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
    [InlineData("datetime", "1653-02-10T06:13:20.001Z", "-9999999999999")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "1.7044452E12")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "2024-01-05 09:00:00 UTC")]
    [InlineData("datetime", "2024-01-05T09:00:00Z", "\"2024-01-05T09:00:00.000Z\"")]
    [InlineData("datetime", "1970-01-02T00:00:00Z", "86400000")]
    [InlineData("date", "1915-11-11", "19151111")]
    [InlineData("date", "2024-01-31", "2024-01-31 00:00:00+00")]
    [InlineData("date", "2024-01-05", "2024-01-05T10:00:00Z")]
    [InlineData("date", "2024-01-06", "2024-01-05T23:30:00Z")] // half past midnight in Paris
    [InlineData("date", "2024-01-05", "2024-01-05T23:30:00+02:00")]
    [InlineData("number", "149", "$149.00")]
    [InlineData("number", "-149", "($149.00)")]
    [InlineData("number", "-149", "-$149")]
    [InlineData("number", "-149", "$ -149")]
    [InlineData("number", "1234.5", "1,234.50")]
    [InlineData("number", "1234.5", "1.234,50 €")]
    [InlineData("number", "1234567", "1,234,567")]
    [InlineData("number", "1234567", "1.234.567")]
    [InlineData("number", "1234567.25", "1\u202F234\u202F567,25")]
    [InlineData("number", "1234567.25", "USD 1'234'567.25")]
    [InlineData("number", "1234.567", "1234,567")]
    [InlineData("number", "1234.567", "1 234,567")]
    [InlineData("number", "1234", "1 234")]
    [InlineData("number", "12.5", "\"12.5\"")]
    [InlineData("boolean", "true", "1.0")]
    [InlineData("boolean", "false", "\"f\"")]
    [InlineData("email", "a@b.fr", "\"A@b.fr\"")]
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
    [InlineData("date", "2024-01-05", "2024-01-05T23:30:00Z")]
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

    [Theory]
    [InlineData("number", "1,234")]
    [InlineData("number", "$1,234")]
    [InlineData("number", "12,34,567")]
    [InlineData("number", "1,234.567.8")]
    [InlineData("number", "1.234,567,8")]
    [InlineData("number", "1234.567.890")]
    [InlineData("number", "1 234.567 890")]
    [InlineData("number", "12 %")]
    [InlineData("number", "-(5)")]
    [InlineData("number", "()")]
    [InlineData("number", "$")]
    [InlineData("number", "12 apples")]
    [InlineData("date", "month 13")]
    [InlineData("date", "20241345")]
    [InlineData("date", "05/01/2024")]
    [InlineData("date", "45296")] // days of a spreadsheet
    [InlineData("datetime", "1704445200")] // seconds
    [InlineData("datetime", "45296.375")]
    [InlineData("boolean", "2")]
    [InlineData("phone", "none")]
    [InlineData("email", "n/a")]
    [InlineData("domain", "n/a")]
    [InlineData("url", "see notes")]
    public void Reads_WhatHasNoMeaningOrTwo_IsFalse(string kind, string value)
        => Assert.False(Converting.Comparison(kind).Reads(Encoding.UTF8.GetBytes(value), new Utf8Scratch()));

    [Theory]
    [InlineData("text")]
    [InlineData("text-ignoring-whitespace")]
    [InlineData("enumeration")]
    [InlineData("multi-select")]
    public void Reads_WhereEveryTextIsAValue_IsNotSaid(string kind)
        => Assert.Null(Converting.Comparison(kind).Reads("x"u8, new Utf8Scratch()));

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
