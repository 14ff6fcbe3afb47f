using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Number;

/// <summary>The same decimal number, however many digits, zeros or exponents it is written with.</summary>
internal sealed class NumberComparison : IComparison
{
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        bool isNumber = DecimalText.TryParse(left, out DecimalText one);
        return isNumber == DecimalText.TryParse(right, out DecimalText other)
            && (isNumber ? one.Equals(other) : WrongData.AreEqual(left, right, scratch));
    }
}
