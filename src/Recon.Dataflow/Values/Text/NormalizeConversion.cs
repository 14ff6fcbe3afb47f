using System.Text;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

internal sealed class NormalizeConversion(bool foldCase, bool removeAccents) : IConversion
{
    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        value = removeAccents ? CanonicalForm.WithoutAccents(value, scratch) : value;
        value = foldCase ? Fold(value, scratch) : value;
        return ConvertedValue.Of(CanonicalForm.Of(value, scratch));
    }

    // By way of the upper case: σ and ς, s and ſ have the same one.
    private static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> value, Utf8Scratch scratch)
        => Utf8Case.Lower(Ascii.IsValid(value) ? value : Utf8Case.Write(value, LetterCase.Upper, scratch), scratch);
}
