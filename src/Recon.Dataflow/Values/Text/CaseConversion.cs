using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Writes letters in upper, lower or title case.</summary>
internal sealed class CaseConversion(LetterCase to) : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch) => ConvertedValue.Of(Utf8Case.Write(value, to, scratch));
}
