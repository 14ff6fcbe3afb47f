using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values;

/// <summary>The same when a conversion makes the same text of both; what it cannot read equals only itself.</summary>
internal sealed class ConvertedComparison(IConversion conversion) : IComparison
{
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Utf8Scratch scratch)
    {
        ConvertedValue one = conversion.Convert(QuotedText.Strip(left), scratch);
        ConvertedValue other = conversion.Convert(QuotedText.Strip(right), scratch);
        return one.Failed == other.Failed
            && (one.Failed ? WrongData.AreEqual(left, right, scratch) : CanonicalForm.AreEqual(one.Text, other.Text, scratch));
    }

    public IComparison In(string? region) => new ConvertedComparison(conversion.In(region));

    public bool? Reads(ReadOnlySpan<byte> value, Utf8Scratch scratch) => !conversion.Convert(QuotedText.Strip(value), scratch).Failed;
}
