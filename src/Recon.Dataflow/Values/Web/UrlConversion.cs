using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Web;

/// <summary>Writes a web address in one way: with scheme, lower-case host, no slash after a bare host.</summary>
/// <param name="ignoreScheme">
/// Whether <c>http</c> becomes <c>https</c>: for comparisons, as the scheme of most legacy addresses is our addition.
/// </param>
internal sealed class UrlConversion(bool ignoreScheme = false) : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = Utf8WhiteSpace.Trim(value);
        if (value.IsEmpty)
        {
            return ConvertedValue.Of(default);
        }

        if (!WebAddress.TryParse(value, out WebAddress address) || HoldsBlank(address.Rest) || HoldsBlank(address.User))
        {
            return ConvertedValue.Fail(ValueRejectReasons.NotADomain);
        }

        ReadOnlySpan<byte> scheme = address.Scheme.IsEmpty ? "https"u8 : Utf8Case.Lower(address.Scheme, scratch);
        if (!scheme.SequenceEqual("https"u8) && !scheme.SequenceEqual("http"u8))
        {
            return ConvertedValue.Fail(ValueRejectReasons.NotADomain);
        }

        ReadOnlySpan<byte> host = Utf8Case.Lower(address.Host, scratch);
        ReadOnlySpan<byte> port = address.Port.TrimStart((byte)'0');
        bool usual = port.SequenceEqual(scheme.Length == 5 ? "443"u8 : "80"u8);
        ReadOnlySpan<byte> rest = address.Rest.SequenceEqual("/"u8) ? default : address.Rest;

        Span<byte> room = scratch.Take(address.User.Length + host.Length + port.Length + rest.Length + 10);
        int used = 0;
        Append(room, ref used, ignoreScheme ? "https"u8 : scheme);
        Append(room, ref used, "://"u8);
        if (!address.User.IsEmpty)
        {
            Append(room, ref used, address.User);
            Append(room, ref used, "@"u8);
        }

        Append(room, ref used, host);
        if (!port.IsEmpty && !usual)
        {
            Append(room, ref used, ":"u8);
            Append(room, ref used, port);
        }

        Append(room, ref used, rest);
        scratch.GiveBack(room.Length - used);
        return ConvertedValue.Of(room[..used]);
    }

    private static void Append(Span<byte> room, ref int used, ReadOnlySpan<byte> text)
    {
        text.CopyTo(room[used..]);
        used += text.Length;
    }

    private static bool HoldsBlank(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] < 0x20 || Utf8WhiteSpace.LeadingBlank(text) > 0)
            {
                return true;
            }

            text = text[Runes.Length(text)..];
        }

        return false;
    }
}
