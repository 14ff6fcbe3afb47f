using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Web;

namespace Recon.Dataflow.Tests.Values;

public sealed class ContactConversionTests
{
    [Theory]
    [InlineData("https://www.Acme.fr/x", "acme.fr")]
    [InlineData("ACME.FR.", "acme.fr")]
    [InlineData("http://user:pw@shop.acme.fr:8080?q=a@b", "shop.acme.fr")]
    [InlineData("//www.acme.fr", "acme.fr")]
    [InlineData("www.www.acme.fr", "acme.fr")]
    [InlineData("www.fr", "www.fr")]
    [InlineData("Société.fr", "société.fr")]
    [InlineData("acme.fr/?u=http://x.fr", "acme.fr")]
    [InlineData("n/a", "!not-a-domain")]
    [InlineData("acme", "!not-a-domain")]
    [InlineData("info@acme.fr", "!not-a-domain")]
    [InlineData("acme.fr ou acme.com", "!not-a-domain")]
    [InlineData("192.168.0.1", "!not-a-domain")]
    [InlineData("acme..fr", "!not-a-domain")]
    [InlineData("-acme.fr", "!not-a-domain")]
    [InlineData("mailto:x@acme.fr", "!not-a-domain")]
    public void Domain_AddressOrHost_IsBareHost(string value, string expected)
        => Assert.Equal(expected, Converting.With(new DomainDefinition(), value));

    [Theory]
    [InlineData("www.Acme.fr", "https://www.acme.fr")]
    [InlineData("HTTP://Acme.fr/", "http://acme.fr")]
    [InlineData("https://acme.fr:443/Path/?Q=1#F", "https://acme.fr/Path/?Q=1#F")]
    [InlineData("http://acme.fr:8080/", "http://acme.fr:8080")]
    [InlineData("ftp://acme.fr", "!not-a-domain")]
    [InlineData("https://acme.fr/a b", "!not-a-domain")]
    [InlineData("javascript:alert(1)", "!not-a-domain")]
    public void Url_Address_IsWrittenOneWay(string value, string expected)
        => Assert.Equal(expected, Converting.With(new UrlDefinition(), value));

    [Theory]
    [InlineData(" John.Doe@Acme.FR ", "john.doe@acme.fr")]
    [InlineData("mailto:a+b@x-y.co.uk", "a+b@x-y.co.uk")]
    [InlineData("<MAILTO:<a@b.fr>>", "a@b.fr")]
    [InlineData("a@b", "!not-an-email")]
    [InlineData("a@b@c.fr", "!not-an-email")]
    [InlineData("a@x.fr;b@x.fr", "!not-an-email")]
    [InlineData("John <a@b.fr>", "!not-an-email")]
    [InlineData(".a@b.fr", "!not-an-email")]
    [InlineData("a..b@b.fr", "!not-an-email")]
    [InlineData("a b@c.fr", "!not-an-email")]
    [InlineData("@b.fr", "!not-an-email")]
    public void Email_Address_IsLowerCaseAndBare(string value, string expected)
        => Assert.Equal(expected, Converting.With(new EmailDefinition(), value));

    [Theory]
    [InlineData("0612345678", "+33612345678")]
    [InlineData("06.12.34.56.78", "+33612345678")]
    [InlineData("+33 (0)6 12 34 56 78", "+33612345678")]
    [InlineData("0033 6 12 34 56 78", "+33612345678")]
    [InlineData("+44 20 7946 0018", "+442079460018")]
    [InlineData("01 42 68 53 00 ext 12", "+33142685300 ext 12")]
    [InlineData("+33142685300 ext 12", "+33142685300 ext 12")]
    [InlineData("01 42 68 53 00 poste 12", "+33142685300 ext 12")]
    [InlineData("01 42 68 53 00 (Extension: 12)", "+33142685300 ext 12")]
    [InlineData("01.42.68.53.00x12", "+33142685300 ext 12")]
    [InlineData("Tél. 01 42 68 53 00", "+33142685300")]
    [InlineData("0142685 SVP", "!not-a-phone")]
    [InlineData("0142685300 SVP", "!not-a-phone")]
    [InlineData("0142685 SVP ext 12", "!not-a-phone")]
    [InlineData("0612345678 ou 0712345678", "!not-a-phone")]
    [InlineData("06 12 34 56 78;12", "+33612345678 ext 12")]
    [InlineData("06 12 34 56 78;\uFF11\uFF12", "+33612345678 ext 12")]
    [InlineData("06 12 34 56 78;1704412800000", "!not-a-phone")]
    [InlineData("0612345678;0698765432", "!not-a-phone")]
    [InlineData("à rappeler", "!not-a-phone")]
    [InlineData("12", "!not-a-phone")]
    public void Phone_FrenchByDefault_IsE164(string value, string expected)
        => Assert.Equal(expected, Converting.With(new PhoneDefinition(), value));

    [Fact]
    public void Phone_OtherRegion_IsReadThere()
        => Assert.Equal("+442079460018", Converting.With(new PhoneDefinition { Region = "GB" }, "020 7946 0018"));

    [Fact]
    public void Phone_UnknownRegion_IsAProblemOfTheDefinition()
        => Assert.Single(new PhoneDefinition { Region = "ZZ" }.Validate());
}
