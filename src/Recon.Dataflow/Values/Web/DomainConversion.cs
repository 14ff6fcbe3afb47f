using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Web;

/// <summary>Reduces a web address or host to its bare host. International names stay as they are, in lower case.</summary>
internal sealed class DomainConversion : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        if (value.IsEmpty)
        {
            return ConvertedValue.Of(default);
        }

        if (!WebAddress.TryParse(value, out WebAddress address))
        {
            return ConvertedValue.Fail(ValueRejectReasons.NotADomain);
        }

        ReadOnlySpan<byte> host = Utf8Case.Lower(address.Host, scratch);
        while (host.StartsWith("www."u8) && host[4..].Contains((byte)'.'))
        {
            host = host[4..];
        }

        return ConvertedValue.Of(host);
    }
}
