using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Custom;

/// <summary>Calls a registered conversion.</summary>
internal sealed class CustomConversion(CustomConverter convert) : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
        => convert(Encoding.UTF8.GetString(value)) is { } text
            ? ConvertedValue.Of(scratch.Encode(text))
            : ConvertedValue.Fail(ValueRejectReasons.CustomRefused);
}
