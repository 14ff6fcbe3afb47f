using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;

namespace Recon.Dataflow.Tests.Values;

public sealed class ConversionAllocationTests
{
    public static TheoryData<object, string> Hot { get; } = new()
    {
        { new TrimDefinition(), "\u00A0 Acme " },
        { new CollapseDefinition(), "a  b\u00A0c" },
        { new LowerDefinition(), "ÉCOLE" },
        { new MapDefinition { Values = new Dictionary<string, string> { ["Fermé"] = "Closed" }, IgnoreCase = true }, "FERMÉ" },
        { new NumberDefinition { Culture = NumberCulture.Fr, Scale = 1000 }, "1\u202F054,05 €" },
        { new IntegerDefinition(), "17.0" },
        { new BooleanDefinition(), "OUI" },
        { new DateDefinition(), "2024-01-05 10:00:00" },
        { new DatetimeDefinition(), "2024-10-27 02:30:00.250" },
        { new DatetimeDefinition { Formats = ["dd/MM/yyyy[ HH:mm[:ss]]"] }, "05/01/2024 10:11" },
        { new DomainDefinition(), "https://www.Acme.fr/x" },
        { new UrlDefinition(), "www.Acme.fr" },
        { new EmailDefinition(), "John@Acme.FR" },
        { new PhoneDefinition(), "06 12 34 56 78" },
        { new MultiSelectDefinition(), ",a,b,a," },
    };

    [Theory]
    [MemberData(nameof(Hot), DisableDiscoveryEnumeration = true)]
    public void Convert_SteadyState_AllocatesNothing(object definition, string text)
    {
        ConversionChain chain = ConversionChain.Compile([(ConversionDefinition)definition], Converting.Context);
        byte[] value = Encoding.UTF8.GetBytes(text);

        Assert.Equal(0, Allocated(scratch => chain.Convert(value, scratch).Failed));
    }

    [Theory]
    [InlineData("text", "a\r\nb\u00A0", "a\nb")]
    [InlineData("text-ignoring-whitespace", "a  b", "a b")]
    [InlineData("number", "17.0", "1.7E1")]
    [InlineData("boolean", "true", "YES")]
    [InlineData("date", "2024-01-05", "1704412800000")]
    [InlineData("datetime", "2024-01-05T00:00:00Z", "2024-01-05 01:00:00+01")]
    [InlineData("enumeration", "a", " a")]
    [InlineData("multi-select", "a;b", "b;a")]
    [InlineData("domain", "acme.fr", "WWW.ACME.FR")]
    [InlineData("url", "https://acme.fr", "http://ACME.fr/")]
    [InlineData("email", "a@b.fr", "A@B.FR")]
    [InlineData("phone", "+33612345678", "0612345678")]
    public void AreEqual_SteadyState_AllocatesNothing(string kind, string left, string right)
    {
        IComparison comparison = Converting.Comparison(kind);
        byte[] one = Encoding.UTF8.GetBytes(left);
        byte[] other = Encoding.UTF8.GetBytes(right);

        Assert.Equal(0, Allocated(scratch => comparison.AreEqual(one, other, scratch)));
    }

    [Theory]
    [InlineData(MirrorType.Int8, "0000000000000011")]
    [InlineData(MirrorType.Numeric, "0002000000000002041E1388")]
    [InlineData(MirrorType.Float8, "3FB999999999999A")]
    [InlineData(MirrorType.TimestampTz, "00000000000003E8")]
    [InlineData(MirrorType.Jsonb, "0122615C6E6222")]
    [InlineData(MirrorType.Uuid, "00112233445566778899AABBCCDDEEFF")]
    public void ReadMirror_SteadyState_AllocatesNothing(object type, string hex)
    {
        byte[] raw = Convert.FromHexString(hex);

        Assert.Equal(0, Allocated(scratch => MirrorText.Read(raw, (MirrorType)type, scratch).IsEmpty));
    }

    private static long Allocated(Func<Utf8Scratch, bool> work)
    {
        Utf8Scratch scratch = new();
        for (int warm = 0; warm < 200; warm++)
        {
            scratch.Reset();
            _ = work(scratch);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
        {
            scratch.Reset();
            _ = work(scratch);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
