using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Number;

/// <summary>The same decimal number, however many digits, zeros or exponents it is written with.</summary>
internal sealed class NumberComparison : IComparison
{
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        bool isNumber = WrittenNumber.TryRead(left, scratch, out DecimalText one);
        return isNumber == WrittenNumber.TryRead(right, scratch, out DecimalText other)
            && (isNumber ? one.Equals(other) : WrongData.AreEqual(left, right, scratch));
    }

    /// <summary>Whether both are numbers, and one of them is the other a thousand times.</summary>
    public static bool IsThousandfold(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
        => WrittenNumber.TryRead(left, scratch, out DecimalText one) && WrittenNumber.TryRead(right, scratch, out DecimalText other)
            && one.IsThousandfold(other);

    public bool? Reads(ReadOnlySpan<byte> value, Utf8Scratch scratch) => WrittenNumber.TryRead(value, scratch, out _);
}
