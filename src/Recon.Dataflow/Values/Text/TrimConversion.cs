using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Removes white space around the value.</summary>
internal sealed class TrimConversion : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
        => ConvertedValue.Of(Utf8WhiteSpace.Trim(value));
}
